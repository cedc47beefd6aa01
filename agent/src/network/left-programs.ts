import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const patienceMs = 2000;

/**
 * Ends programs that a killed agent had running, told by an entry `NAME=value` of their environment: they would go on
 * making what is just being removed. False when some are still there after a while.
 */
export async function endLeftPrograms(entry: string): Promise<boolean> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const pids = programsWith(entry);
    if (pids.length === 0) return true;
    if (Date.now() > deadline) return false;
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    }
    await delay(5);
  }
}

function programsWith(entry: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(entry);
      } catch {
        return false;
      }
    })
    .map(Number)
    .filter((pid) => pid !== process.pid);
}
