import { closeSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { bootId, type ProcessIdentity } from '@catalyst/shared/node/process-identity';
import type { RunFolder } from '../run-folder.ts';
import type { Exit } from '../runtime.ts';

/** Of the container of one start. */
export function containerIdOf(serverId: string, startId: string): string {
  return `${serverId}.${startId}`;
}

/** What a later agent must know about a start. */
export interface ContainerState {
  bootId: string;
  startedAt: Date;
  /** The game's main process, written before it may begin; null while there is none. */
  main: ProcessIdentity | null;
  hasTerminal: boolean;
  /** What its network had carried before this start; null when it has the machine's. */
  carriedBefore: { receivedBytes: number; sentBytes: number } | null;
}

/** Makes the files that containerd writes a server's output to; with a terminal there is one. */
export function createSpools(folder: RunFolder, hasTerminal: boolean): void {
  const spools = hasTerminal ? [folder.stdout] : [folder.stdout, folder.stderr];
  for (const spool of spools) closeSync(openSync(spool, 'ax', 0o600));
}

export function writeContainerState(folder: RunFolder, state: Omit<ContainerState, 'bootId'>): void {
  replaceFile(folder.state, JSON.stringify({ ...state, bootId: bootId() }));
}

/** Null when this start never happened; `'unreadable'` when a power cut took the file's content. */
export function readContainerState(folder: RunFolder): ContainerState | 'unreadable' | null {
  const text = readIfThere(folder.state);
  if (text === null) return null;
  try {
    const state = JSON.parse(text);
    return { ...state, startedAt: new Date(state.startedAt) };
  } catch {
    return 'unreadable';
  }
}

export function writeExit(folder: RunFolder, exit: Exit): void {
  replaceFile(folder.exit, JSON.stringify(exit));
}

/** How it ended, once somebody has seen it. */
export function readExit(folder: RunFolder): Exit | null {
  try {
    const exit = JSON.parse(readIfThere(folder.exit) ?? '');
    return { ...exit, at: new Date(exit.at) };
  } catch {
    return null;
  }
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function replaceFile(path: string, text: string): void {
  writeFileSync(`${path}.tmp`, text, { mode: 0o600 });
  renameSync(`${path}.tmp`, path);
}
