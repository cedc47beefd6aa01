import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '@catalyst/shared/contract/errors';

// Control files answer from memory, so reading them synchronously is quicker than a trip to the thread pool.

export function writeControl(directory: string, file: string, value: number | string): void {
  writeFileSync(join(directory, file), `${value}`);
}

/** Writes controls that a kernel may lack (swap accounting, for one). */
export function writeOptionalControl(directory: string, file: string, value: number | string): void {
  if (existsSync(join(directory, file))) writeControl(directory, file, value);
}

export function readNumber(directory: string, file: string): number | null {
  const value = Number.parseInt(readControl(directory, file), 10);
  return Number.isNaN(value) ? null : value;
}

/** The value of `key` in a file of `key value` lines; null when there is none. */
export function readKey(directory: string, file: string, key: string): number | null {
  for (const line of readControl(directory, file).split('\n')) {
    if (line.startsWith(`${key} `)) return Number(line.slice(key.length + 1));
  }
  return null;
}

/** The sum of a number of bytes over all disks, from lines that `pattern` finds it in; null when there are none. */
export function readSum(directory: string, file: string, pattern: RegExp): number | null {
  const found = [...readControl(directory, file).matchAll(pattern)];
  return found.length === 0 ? null : found.reduce((sum, [, bytes]) => sum + Number(bytes), 0);
}

export function readPids(directory: string): number[] {
  return readControl(directory, 'cgroup.procs').split('\n').filter(Boolean).map(Number);
}

/** Empty when the group is gone. */
export function readControl(directory: string, file: string): string {
  try {
    return readFileSync(join(directory, file), 'utf8');
  } catch {
    return '';
  }
}

export function refusedLimits(cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  const busy = (cause as NodeJS.ErrnoException).code === 'EBUSY';
  const sentence = busy
    ? 'The server uses more memory than the new limit allows; stop it first'
    : `The limits of the server could not be set: ${(cause as Error).message}`;
  return new AppError('unavailable', sentence, { cause });
}

/** A process that has just died keeps its group busy for a moment. */
export async function removeGroup(directory: string, patienceMs = 2000): Promise<boolean> {
  const giveUpAt = performance.now() + patienceMs;
  for (;;) {
    try {
      await rmdir(directory);
      return true;
    } catch (err) {
      if ((err as NodeJS.ErrnoException).code === 'ENOENT') return true;
      if (performance.now() > giveUpAt) return false;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
