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
  let batch: Buffer[] = [];
  for await (const { name } of place.folder.entries()) {
    signal?.throwIfAborted();
    batch.push(name);
    if (batch.length < namesAtOnce) continue;
    yield* await describe(place.folder, batch);
    batch = [];
  }
  yield* await describe(place.folder, batch);
}

async function describe(folder: Folder, names: readonly Buffer[]): Promise<DirectoryEntry[]> {
  const found = await lookAtAll(folder, names);
  return names.flatMap((name, index) => {
    const stats = found[index];
    return stats ? [{ name, ...toEntryStats(stats) }] : [];
  });
}
