import { spawn } from 'node:child_process';

const BLOCK_BYTES = 4096;
let isAvailable = process.platform === 'linux';

/** False where Node's lack of fallocate cannot be made up for. */
export function canPunchHoles(): boolean {
  return isAvailable;
}

/**
 * Gives the disk space between two offsets of a file back without moving the rest. A file system that cannot do it costs
 * nothing but the space; never rejects.
 */
export async function punchHole(fd: number, start: number, end: number): Promise<void> {
  const from = start - (start % BLOCK_BYTES);
  const to = end - (end % BLOCK_BYTES);
  if (to <= from) return;
  // By descriptor: whatever is under that path meanwhile, this is the file that was read.
  const argv = ['--punch-hole', '--offset', `${from}`, '--length', `${to - from}`, '/proc/self/fd/3'];
  const child = spawn('fallocate', argv, { stdio: ['ignore', 'ignore', 'ignore', fd] });
  await new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => {
      isAvailable = false;
      resolve();
    });
  });
}
