import { AppError } from '@catalyst/shared/contract/errors';

/** A path as a caller names it: as text, or by its bytes. */
export interface PathFields {
  path?: string | undefined;
  pathBase64?: string | undefined;
}

const longestNameBytes = 255;
const longestPathBytes = 4095;
const slash = '/'.charCodeAt(0);

/**
 * The bytes of a path below a server's folder, which itself is the empty path. Throws `bad_request` naming the field. The
 * agent does not rely on it: there every name is walked to by descriptors.
 */
export function pathBytes({ path, pathBase64 }: PathFields, field = 'path'): Buffer {
  if (path !== undefined && pathBase64 !== undefined) {
    throw wrong(field, `give either ${field} or ${field}Base64, not both`);
  }
  const fieldName = pathBase64 === undefined ? field : `${field}Base64`;
  const bytes = pathBase64 === undefined ? fromText(path ?? '', field) : fromBase64(pathBase64, fieldName);
  if (bytes.length > longestPathBytes) throw wrong(fieldName, `must be at most ${longestPathBytes} bytes`);
  const relative = bytes[0] === slash ? bytes.subarray(1) : bytes;
  if (relative.length === 0) return relative;
  for (const name of relative.toString('latin1').split('/')) {
    const problem = problemOf(name);
    if (problem) throw wrong(fieldName, problem);
  }
  return relative;
}

/** As `pathBytes`, of something that is not the server's folder itself. */
export function entryPathBytes(fields: PathFields, field = 'path'): Buffer {
  const bytes = pathBytes(fields, field);
  if (bytes.length === 0) throw wrong(field, "must not be the server's folder itself");
  return bytes;
}

/** As `entryPathBytes`, of a list with at least one of them. */
export function severalPathBytes({
  paths,
  pathsBase64,
}: {
  paths: readonly string[];
  pathsBase64: readonly string[];
}): Buffer[] {
  const several = [
    ...paths.map((path, index) => entryPathBytes({ path }, `paths.${index}`)),
    ...pathsBase64.map((pathBase64, index) => entryPathBytes({ pathBase64 }, `paths.${index}`)),
  ];
  if (several.length > 0) return several;
  const issues = [{ path: 'paths', message: 'must name something' }];
  throw new AppError('invalid_input', 'No file or folder is named', { issues });
}

/** What a path or a name is called in JSON; `base64` only where the text has lost something. */
export function toText(bytes: Buffer): { text: string; base64?: string } {
  const text = bytes.toString('utf8');
  return Buffer.from(text).equals(bytes) ? { text } : { text, base64: bytes.toString('base64') };
}

function fromText(path: string, field: string): Buffer {
  // A lone surrogate would become U+FFFD, which is another name.
  if (!path.isWellFormed()) throw wrong(field, 'must be valid Unicode');
  return Buffer.from(path, 'utf8');
}

function fromBase64(text: string, field: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) throw wrong(field, 'must be base64');
  return bytes;
}

/** Of a name whose bytes are its characters. */
function problemOf(name: string): string | undefined {
  if (name === '') return 'must not have empty names between slashes';
  if (name === '.' || name === '..') return 'must not have the names . and ..';
  if (name.length > longestNameBytes) return `must not have names of more than ${longestNameBytes} bytes`;
  if (name.includes('\0')) return 'must not have NUL bytes';
  return undefined;
}

function wrong(path: string, message: string): AppError {
  return new AppError('bad_request', `The path cannot be used: ${path} ${message}`, {
    issues: [{ path, message }],
  });
}
