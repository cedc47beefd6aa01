import { AppError } from '@catalyst/shared/contract/errors';
import { windowsNameProblem } from './windows-names.ts';

/** A path inside a server's folder. Names are bytes; a string is taken as UTF-8. A leading slash means the folder itself. */
export type PathInput = string | Uint8Array;

const longestNameBytes = 255;
const longestPathBytes = 4095;
const slash = 0x2f;
const dot = 0x2e;

/** The names of a path, none for the server's folder itself. Throws `bad_request` for whatever is not plainly below it. */
export function parsePath(input: PathInput, rules: { windowsNames?: boolean } = {}): Buffer[] {
  const bytes = toBytes(input);
  if (bytes.length > longestPathBytes) {
    throw new AppError('bad_request', `A path has at most ${longestPathBytes} bytes`);
  }
  const relative = bytes[0] === slash ? bytes.subarray(1) : bytes;
  if (relative.length === 0) return [];
  const names = splitAtSlashes(relative);
  for (const name of names) {
    const problem = nameProblem(name) ?? (rules.windowsNames ? windowsNameProblem(name) : undefined);
    if (problem) throw new AppError('bad_request', problem);
  }
  return names;
}

/** The bytes behind a `pathBase64`; throws `bad_request` when it is not base64. */
export function pathFromBase64(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) throw new AppError('bad_request', 'The path is not valid base64');
  return bytes;
}

/** The path of an entry of a folder. */
export function joinPath(folder: PathInput, name: Uint8Array): Buffer {
  const start = toBytes(folder);
  const separator = start.length === 0 || start.at(-1) === slash ? [] : [slash];
  return Buffer.concat([start, Buffer.from(separator), name]);
}

/** What a link is to lead to. Its names may be `.` and `..`; a leading slash means the server's folder. */
export function parseLinkTarget(input: PathInput): { isFromRoot: boolean; names: Buffer[] } {
  const bytes = toBytes(input);
  if (bytes.length === 0) throw new AppError('bad_request', 'A link needs something to lead to');
  if (bytes.length > longestPathBytes) {
    throw new AppError('bad_request', `A path has at most ${longestPathBytes} bytes`);
  }
  const names = splitAtSlashes(bytes).filter((name) => name.length > 0);
  for (const name of names) {
    const problem = isDot(name) || isDotDot(name) ? undefined : nameProblem(name);
    if (problem) throw new AppError('bad_request', problem);
  }
  return { isFromRoot: bytes[0] === slash, names };
}

export function joinNames(names: readonly Buffer[]): Buffer {
  return Buffer.concat(names.flatMap((name, index) => (index === 0 ? [name] : [Buffer.from('/'), name])));
}

export function splitAtSlashes(bytes: Buffer): Buffer[] {
  const names: Buffer[] = [];
  let start = 0;
  for (let end = bytes.indexOf(slash); end !== -1; end = bytes.indexOf(slash, start)) {
    names.push(bytes.subarray(start, end));
    start = end + 1;
  }
  names.push(bytes.subarray(start));
  return names;
}

/** Why these bytes can never be the name of an entry, or undefined when they can. */
export function nameProblem(name: Buffer): string | undefined {
  if (name.length === 0) return 'A path has no empty names';
  if (isDot(name) || isDotDot(name)) return 'A path has no names . or ..';
  if (name.length > longestNameBytes) return `A name has at most ${longestNameBytes} bytes`;
  if (name.includes(0)) return 'A path has no NUL bytes';
  if (name.includes(slash)) return 'A name has no slash';
  return undefined;
}

export function isDot(name: Buffer): boolean {
  return name.length === 1 && name[0] === dot;
}

export function isDotDot(name: Buffer): boolean {
  return name.length === 2 && name[0] === dot && name[1] === dot;
}

function toBytes(input: PathInput): Buffer {
  // A copy: the caller's bytes may change while the path is walked.
  if (typeof input !== 'string') return Buffer.from(input);
  // A lone surrogate would silently become U+FFFD, which is the name of another file.
  if (!input.isWellFormed()) throw new AppError('bad_request', 'The path is not valid text');
  return Buffer.from(input, 'utf8');
}
