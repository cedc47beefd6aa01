import { spawn } from 'node:child_process';

const BLOCK_BYTES = 4096;
let isAvailable = process.platform === 'linux';

/**
 * Gives the disk space of a file's first `end` bytes back without moving the rest (Node has no fallocate). Resolves to
 * what is punched now; a file system that cannot do it costs nothing but the space.
 */
export async function punchHole(fd: number, start: number, end: number): Promise<number> {
  const from = start - (start % BLOCK_BYTES);
  const to = end - (end % BLOCK_BYTES);
  if (!isAvailable || to <= from) return start;
  // By descriptor: whatever is under that path meanwhile, this is the file that was read.
  const argv = ['--punch-hole', '--offset', `${from}`, '--length', `${to - from}`, '/proc/self/fd/3'];
  const child = spawn('fallocate', argv, { stdio: ['ignore', 'ignore', 'ignore', fd] });
  return new Promise((resolve) => {
    child.once('error', () => {
      isAvailable = false;
      resolve(start);
    });
    child.once('exit', (code) => resolve(code === 0 ? to : start));
  });
}
