import { readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';

const root = '/sys/fs/cgroup';

/** Removes what a test's agent had of the real control groups; its servers must be removed already. */
export function removeSuiteCgroups(prefix: string): void {
  for (const tree of ['.', ...readdirSync(root)]) {
    try {
      rmdirSync(join(root, tree, prefix));
    } catch (err) {
      if ((err as NodeJS.ErrnoException).code === 'EBUSY') throw err;
    }
  }
}
