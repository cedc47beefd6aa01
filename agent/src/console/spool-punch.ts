import { spawn } from 'node:child_process';
import { fstatSync, truncateSync } from 'node:fs';

const BLOCK_BYTES = 4096;
let isAvailable = process.platform === 'linux';

/** False where Node's lack of fallocate cannot be made up for. */
export function canPunchHoles(): boolean {
  return isAvailable;
}

/** The most that file systems keep ready behind a file that grows, and then some. */
const SPARE_BYTES = 256 * 1024 * 1024;

/**
 * Gives the disk space behind the end of a file back, which a game can take without making the file longer. Of the file
 * itself, blocks are gone up to `punchedBytes`.
 */
export function trimSpareSpace(fd: number, punchedBytes: number): void {
  const { size, blocks } = fstatSync(fd);
  if (!isAvailable || blocks * 512 < size - punchedBytes + SPARE_BYTES) return;
  // To the length it has: only what is behind it goes, and what is printed within these microseconds.
  truncateSync(`/proc/self/fd/${fd}`, size);
}

/**
 * Gives the disk space between two offsets of a file back without moving the rest. False on a file system that cannot do
 * it, which costs nothing but the space; never rejects.
 */
export async function punchHole(fd: number, start: number, end: number): Promise<boolean> {
  const from = start - (start % BLOCK_BYTES);
  const to = end - (end % BLOCK_BYTES);
  if (to <= from) return true;
  // By descriptor: whatever is under that path meanwhile, this is the file that was read.
  const argv = ['--punch-hole', '--offset', `${from}`, '--length', `${to - from}`, '/proc/self/fd/3'];
  const child = spawn('fallocate', argv, { stdio: ['ignore', 'ignore', 'ignore', fd] });
  return new Promise((resolve) => {
    child.once('exit', (code) => resolve(code === 0));
    child.once('error', () => {
      isAvailable = false;
      resolve(false);
    });
  });
}
