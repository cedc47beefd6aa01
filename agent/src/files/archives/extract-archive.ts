import type { Access } from '../access.ts';
import { errorCode } from '../file-errors.ts';
import { openForReading } from '../read-file.ts';
import { walkToFolder } from '../walk.ts';
import { ArchiveLimits } from './archive-limits.ts';
import { ArchiveProgress, type ArchiveTotals } from './archive-progress.ts';
import { mergeStaged } from './merge-staged.ts';
import { readArchive } from './read-archive.ts';
import { StagedTree } from './staged-tree.ts';

export interface ExtractArchiveOptions {
  /** What to do when there is something of a file's name; refuse (`conflict`) when left out. */
  ifExists?: 'replace' | 'refuse';
  onProgress?: (totals: ArchiveTotals) => void;
  signal?: AbortSignal;
}

/**
 * Unpacks an archive into a folder, which is made when it is missing. Nothing of it is in its place before all of it was
 * read and found good; what is refused leaves nothing. Owner is the server; setuid, setgid and sticky are dropped.
 */
export async function extractArchive(
  access: Access,
  names: readonly Buffer[],
  to: readonly Buffer[],
  { ifExists = 'refuse', onProgress, signal }: ExtractArchiveOptions = {},
): Promise<void> {
  await using file = await openForReading(access, names);
  const { place, missing } = await deepestFolder(access, to);
  using target = place;
  const limits = new ArchiveLimits(file.stats.sizeBytes);
  const progress = new ArchiveProgress(onProgress);
  progress.setTotal(file.stats.sizeBytes);
  const options = { limits, missing, way: target.way, signal };
  await using staged = await StagedTree.make(access, target.folder, options);
  for await (const entry of readArchive(file, limits, {
    onRead: (bytes) => progress.addBytes(bytes),
    signal,
  })) {
    signal?.throwIfAborted();
    await staged.add(entry);
    progress.addEntry();
  }
  await staged.finish();
  signal?.throwIfAborted();
  await mergeStaged(access, staged.root, target.folder, ifExists === 'replace');
}

/** How far a path of folders is there, and the names that are missing from it. */
async function deepestFolder(access: Access, names: readonly Buffer[]) {
  for (let length = names.length; ; length -= 1) {
    try {
      const place = await walkToFolder(access.root, names.slice(0, length));
      return { place, missing: names.slice(length) };
    } catch (error) {
      if (errorCode(error) !== 'ENOENT' || length === 0) throw error;
    }
  }
}
