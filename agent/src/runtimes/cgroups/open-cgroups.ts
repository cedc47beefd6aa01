import { existsSync } from 'node:fs';
import { readdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CgroupTree } from './cgroup.ts';
import { openCgroupV1 } from './cgroup-v1.ts';
import { openCgroupV2 } from './cgroup-v2.ts';

export type CgroupsOrReason = { tree: CgroupTree } | { tree: null; reason: string };

/**
 * Finds out which version of control groups is at `root` and takes the part named `prefix` for this agent. On a hybrid
 * machine the controllers are version 1.
 */
export function openCgroups(root: string, prefix: string): CgroupsOrReason {
  const isV2 = existsSync(join(root, 'cgroup.controllers'));
  const isV1 = !isV2 && ['memory', 'pids', 'cpu'].some((name) => existsSync(join(root, name)));
  if (!isV1 && !isV2) return { tree: null, reason: 'this system has no control groups' };
  const tree = isV2 ? openCgroupV2(root, prefix) : openCgroupV1(root, prefix);
  if (tree) return { tree };
  const reason =
    process.getuid?.() === 0
      ? 'the control groups of this machine cannot be written to'
      : 'the agent does not run as root and was given no control group of its own';
  return { tree: null, reason };
}

/** Gives the part named `prefix` back, unless a server is still in it. */
export async function giveBackCgroups(root: string, prefix: string): Promise<void> {
  const trees = await readdir(root).catch(() => []);
  await Promise.allSettled(['.', ...trees].map((tree) => rmdir(join(root, tree, prefix))));
}
