import { rmdirSync } from 'node:fs';
import { join } from 'node:path';

/** Removes what a test's agent had of the real control groups; its servers must be removed already. */
export function removeSuiteCgroups(prefix: string): void {
  for (const tree of ['pids', 'memory', 'cpu', 'cpuacct', 'cpuset', 'blkio', '.']) {
    try {
      rmdirSync(join('/sys/fs/cgroup', tree, prefix));
    } catch (err) {
      if ((err as NodeJS.ErrnoException).code === 'EBUSY') throw err;
    }
  }
}
