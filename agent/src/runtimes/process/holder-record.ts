import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessIdentity } from '@catalyst/shared/node/process-identity';
import type { RunFolder } from '../run-folder.ts';

/**
 * What a holder says about itself, one line each, in the file `holder` of the run folder:
 *
 *     holder <pid> <start time>     written by creating the file: whoever creates it owns the start
 *     game <pid> <start time>       right before the game takes over this process
 *     stdin <path>                  where to connect for standard input, when that is not the FIFO
 *     failed <sentence>             instead of `game`
 *     revoked                       instead of all that: the agent gave this start up before a holder claimed it
 */
export interface HolderRecord {
  holder: ProcessIdentity | null;
  game: ProcessIdentity | null;
  stdinPath: string | null;
  failure: string | null;
  revoked: boolean;
}

/** Null while nobody has created the file. A line without its end does not count yet. */
export function readHolderRecord(folder: RunFolder): HolderRecord | null {
  let text: string;
  try {
    text = readFileSync(holderFile(folder), 'utf8');
  } catch {
    return null;
  }
  const record: HolderRecord = { holder: null, game: null, stdinPath: null, failure: null, revoked: false };
  for (const line of text.split('\n').slice(0, -1)) {
    const [kind, rest] = splitOnce(line);
    if (kind === 'holder') record.holder = parseIdentity(rest);
    else if (kind === 'game') record.game = parseIdentity(rest);
    else if (kind === 'stdin') record.stdinPath = rest;
    else if (kind === 'failed') record.failure = rest;
    else if (kind === 'revoked') record.revoked = true;
  }
  return record;
}

/** True when no holder has claimed this start; from now on none can. */
export function revokeStart(folder: RunFolder): boolean {
  try {
    writeFileSync(holderFile(folder), 'revoked\n', { flag: 'wx', mode: 0o600 });
  } catch (err) {
    const { code } = err as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    // On a full disk the file is there without its text, and that is what counts.
    if (code !== 'ENOSPC' && code !== 'EDQUOT') throw err;
  }
  return true;
}

export function holderFile(folder: RunFolder): string {
  return join(folder.path, 'holder');
}

function splitOnce(line: string): [string, string] {
  const space = line.indexOf(' ');
  return space < 0 ? [line, ''] : [line.slice(0, space), line.slice(space + 1)];
}

function parseIdentity(text: string): ProcessIdentity {
  const [pid, startTime] = splitOnce(text);
  return { pid: Number(pid), startTime };
}
