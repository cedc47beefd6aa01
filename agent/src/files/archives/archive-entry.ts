import { AppError } from '@catalyst/shared/contract/errors';
import { nameProblem, splitAtSlashes } from '../server-path.ts';

/** What is kept whole in memory while it is packed or unpacked, some at a time. */
export const smallFileBytes = 128 * 1024;

/** Something in an archive, as the archive says. Nothing of it has been believed yet. */
export interface ArchiveEntry {
  /** The bytes of its path. */
  path: Buffer;
  /** A hard link is another name of a file that came before it in the archive. */
  type: 'file' | 'folder' | 'link' | 'hard_link';
  sizeBytes: number;
  /** Null where the archive knows no permission bits. */
  mode: number | null;
  modifiedAt: Date;
  /** Of links. */
  leadsTo: Buffer | null;
  /** Of files: to be read before the next entry is asked for, or not at all. Small ones come whole. */
  body(): AsyncIterable<Buffer> | Promise<Buffer>;
}

const slash = 0x2f;
const backslash = 0x5c;
const mostLevels = 100;

/**
 * The names of an entry's path, none for the top folder itself. Throws `invalid_input` for every path that leads, or on
 * another system would lead, anywhere but below the folder that is unpacked into.
 */
export function namesOf(path: Buffer): Buffer[] {
  if (path[0] === slash) throw refusedEntry(path, 'has an absolute path');
  if (path.includes(backslash)) throw refusedEntry(path, 'has a backslash in its path');
  if (/^[a-z]:/i.test(path.toString('latin1', 0, 2))) throw refusedEntry(path, 'names a drive');
  if (path.length > 4095) throw refusedEntry(path, 'has a path of more than 4095 bytes');
  const names = splitAtSlashes(path).filter((name) => name.length > 0 && !name.equals(here));
  if (names.length > mostLevels) throw refusedEntry(path, `is in more than ${mostLevels} folders`);
  for (const name of names) {
    if (name.equals(above)) throw refusedEntry(path, 'has .. in its path');
    const problem = nameProblem(name);
    if (problem) throw refusedEntry(path, `cannot be named so: ${problem}`);
  }
  return names;
}

/** Only up and then down: what goes up again behind another link could end up anywhere. */
export function isPlainTarget(text: Buffer, levels: number): boolean {
  if (text.length === 0 || text.length > 4095 || text[0] === slash || text.includes(0)) return false;
  const names = splitAtSlashes(text).filter((name) => name.length > 0 && !name.equals(here));
  const down = names.findIndex((name) => !name.equals(above));
  const up = down === -1 ? names.length : down;
  return up <= levels && names.slice(up).every((name) => nameProblem(name) === undefined);
}

export function refusedEntry(path: Buffer, reason: string): AppError {
  return new AppError('invalid_input', `The archive is refused: ${shown(path)} ${reason}`);
}

/** A path for a person: what is no text, or would move about on the screen, is marked. */
export function shown(path: Buffer): string {
  const text = path.subarray(0, 200).toString('utf8');
  return `"${text.replace(/[\p{C}"]/gu, '\u{fffd}')}${path.length > 200 ? '...' : ''}"`;
}

const here = Buffer.from('.');
const above = Buffer.from('..');
