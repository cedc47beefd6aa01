import { statfs } from 'node:fs/promises';
import type { Quota } from './quota.ts';

export interface Space {
  totalBytes: number;
  freeBytes: number;
}

/** What a server may use and what is left of it; never more than the disk has. */
export async function freeSpaceOf(rootPath: string, quota: Quota): Promise<Space> {
  const { bsize, blocks, bavail } = await statfs(rootPath);
  const leftBytes = Math.max(0, quota.limitBytes - quota.usedBytes);
  return {
    totalBytes: Math.min(blocks * bsize, quota.limitBytes),
    freeBytes: Math.min(bavail * bsize, leftBytes),
  };
}
