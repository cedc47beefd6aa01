import { type DirectoryEntry, toEntryStats } from './entry-stats.ts';
import type { Folder } from './folder.ts';
import { lookAtAll } from './look-at-all.ts';
import { walkToFolder } from './walk.ts';

const namesAtOnce = 64;

/** The entries of a folder in the disk's order; links are told as links. What vanishes meanwhile is left out. */
export async function* listFolder(
  root: Folder,
  names: readonly Buffer[],
  signal?: AbortSignal,
): AsyncGenerator<DirectoryEntry, void> {
  using place = await walkToFolder(root, names);
  for await (const batch of place.folder.entries()) {
    for (let start = 0; start < batch.length; start += namesAtOnce) {
      signal?.throwIfAborted();
      const names = batch.slice(start, start + namesAtOnce).map(({ name }) => name);
      yield* await describe(place.folder, names);
    }
  }
}

async function describe(folder: Folder, names: readonly Buffer[]): Promise<DirectoryEntry[]> {
  const found = await lookAtAll(folder, names);
  return names.flatMap((name, index) => {
    const stats = found[index];
    return stats ? [{ name, ...toEntryStats(stats) }] : [];
  });
}
