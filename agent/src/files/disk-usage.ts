import type { Stats } from 'node:fs';
import { allocatedBytesOf } from './entry-stats.ts';
import { systemError } from './file-errors.ts';
import type { Folder } from './folder.ts';
import { lookAt, lookAtAll } from './look-at-all.ts';
import { visitTree } from './visit-tree.ts';
import { walkToEntry } from './walk.ts';

export interface DiskUsage {
  /** As `du` counts: blocks, not sizes, and an inode with several names once. */
  allocatedBytes: number;
  /** Whatever is not a folder. */
  fileCount: number;
  /** The measured folder included. */
  folderCount: number;
  /** Folders something else is mounted on; not counted in anything above. */
  mountCount: number;
}

// Beyond this each of an inode's names is counted as its share of it.
const mostRemembered = 200_000;

/** Measures a file or a whole folder; of a link, the link itself. */
export async function measureDiskUsage(
  root: Folder,
  names: readonly Buffer[],
  signal?: AbortSignal,
): Promise<DiskUsage> {
  using place = await walkToEntry(root, names);
  if (!place.name) return await measureFolder(place.folder, signal);
  const stats = await lookAt(place.folder, place.name);
  if (!stats) throw systemError('ENOENT');
  if (!stats.isDirectory()) {
    return { allocatedBytes: allocatedBytesOf(stats), fileCount: 1, folderCount: 0, mountCount: 0 };
  }
  using folder = await place.folder.enter(place.name);
  return await measureFolder(folder, signal);
}

async function measureFolder(start: Folder, signal?: AbortSignal): Promise<DiskUsage> {
  const usage = { allocatedBytes: 0, fileCount: 0, folderCount: 0 };
  const count = inodeCounter();
  const mountCount = await visitTree(
    start,
    {
      folder: async (folder) => {
        usage.folderCount += 1;
        usage.allocatedBytes += allocatedBytesOf(await folder.stat());
      },
      entries: async (parent, names) => {
        for (const stats of await lookAtAll(parent, names)) {
          if (!stats) continue;
          usage.fileCount += 1;
          usage.allocatedBytes += count(stats);
        }
      },
    },
    signal,
  );
  return { ...usage, allocatedBytes: Math.round(usage.allocatedBytes), mountCount };
}

function inodeCounter(): (stats: Stats) => number {
  const seen = new Set<string>();
  return (stats) => {
    const bytes = allocatedBytesOf(stats);
    if (stats.nlink <= 1) return bytes;
    const inode = `${stats.dev}:${stats.ino}`;
    if (seen.has(inode)) return 0;
    if (seen.size >= mostRemembered) return bytes / stats.nlink;
    seen.add(inode);
    return bytes;
  };
}
