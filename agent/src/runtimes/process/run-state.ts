import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AppError } from '@catalyst/shared/contract/errors';
import { bootId } from '@catalyst/shared/node/process-identity';
import type { RunFolder } from '../run-folder.ts';

/** What a later agent must know about a start, written before its holder is spawned. */
export interface RunState {
  bootId: string;
  startedAt: Date;
  /** The user the game runs as, when the agent changed it. */
  uid: number | null;
  /** Whether it was put into a control group. */
  hasGroup: boolean;
}

/** Where the holder writes the exit before renaming it. */
export function exitDraft(folder: RunFolder): string {
  return join(folder.path, 'exit.tmp');
}

/** Makes the run folder of a new start. Throws `conflict` when it is not new. */
export function createRunFolder(folder: RunFolder): void {
  mkdirSync(dirname(folder.path), { recursive: true, mode: 0o700 });
  try {
    mkdirSync(folder.path, { mode: 0o700 });
  } catch (err) {
    if ((err as NodeJS.ErrnoException).code !== 'EEXIST') throw err;
    throw new AppError('conflict', 'This start has happened already', { cause: err });
  }
}

export function fillRunFolder(folder: RunFolder, state: Omit<RunState, 'bootId'>): RunState {
  for (const spool of [folder.stdout, folder.stderr]) closeSync(openSync(spool, 'ax', 0o600));
  // Takes its place on the disk now: an exit can then be written on a full one.
  writeFileSync(exitDraft(folder), `${' '.repeat(31)}\n`, { mode: 0o600 });
  const complete = { ...state, bootId: bootId() };
  const draft = `${folder.state}.tmp`;
  writeFileSync(draft, JSON.stringify(complete), { mode: 0o600 });
  renameSync(draft, folder.state);
  return complete;
}

/** Null when this start never happened; `'unreadable'` when a power cut took the file's content. */
export function readRunState(folder: RunFolder): RunState | 'unreadable' | null {
  let text: string;
  try {
    text = readFileSync(folder.state, 'utf8');
  } catch {
    return null;
  }
  try {
    const { bootId, startedAt, uid, hasGroup } = JSON.parse(text);
    return { bootId, startedAt: new Date(startedAt), uid, hasGroup };
  } catch {
    return 'unreadable';
  }
}

export function removeRunFolder(folder: RunFolder): void {
  rmSync(folder.path, { recursive: true, force: true });
}
