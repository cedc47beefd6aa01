import { constants } from 'node:fs';
import type { Folder } from '../folder.ts';
import { lookAt } from '../look-at-all.ts';
import { isHiddenName } from '../temporary-name.ts';
import { visitTree } from '../visit-tree.ts';
import { lookAtEntries, SmallFiles } from './small-files.ts';

const namesAtOnce = 256;

/** The sizes of the files among some entries of a folder, or without any of all in it, and of all that is below. */
export async function measureEntries(
  folder: Folder,
  entries: readonly Buffer[],
  signal: AbortSignal,
): Promise<number> {
  await using smallFiles = SmallFiles.open();
  let bytes = 0;
  const count = async (parent: Folder, names: readonly Buffer[]) => {
    const packed = names.filter((name) => !isHiddenName(name));
    for (const seen of await lookAtEntries(smallFiles, parent, packed, { mostBytes: null })) {
      if (seen && (seen.stats.mode & constants.S_IFMT) === constants.S_IFREG) bytes += seen.stats.size;
    }
  };
  const visitor = { namesAtOnce, folder: async () => {}, entries: count };
  if (entries.length === 0) await visitTree(folder, visitor, signal);
  for (const name of entries) {
    if (!(await lookAt(folder, name))?.isDirectory()) {
      await count(folder, [name]);
      continue;
    }
    using start = await folder.enter(name);
    if (start.mount !== folder.mount) continue;
    await visitTree(start, visitor, signal);
  }
  return bytes;
}
