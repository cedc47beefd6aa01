import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** One running app for each user-data folder, as Electron keeps it; a lock whose owner is gone does not count. */
export function lockInstance(userData: string): boolean {
  mkdirSync(userData, { recursive: true });
  const lock = join(userData, 'instance.lock');
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    if (isAlive(Number(readFileSync(lock, 'utf8')))) return false;
    rmSync(lock);
    return lockInstance(userData);
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
