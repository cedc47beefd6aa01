import { unlink } from 'node:fs/promises';
import type { Access } from './access.ts';
import { removeTree } from './delete-tree.ts';
import { freedBytesOf } from './entry-stats.ts';
import { errorCode } from './file-errors.ts';
import type { Folder } from './folder.ts';
import { lookAt } from './look-at-all.ts';
import { isTemporaryName } from './temporary-name.ts';
import { visitTree } from './visit-tree.ts';

/**
 * Deletes what writes and copies left behind that were killed in the middle, and returns how many; those under way are
 * spared.
 */
export async function removeLeftovers(access: Access, signal?: AbortSignal): Promise<number> {
  let removed = 0;
  const isLeftover = (name: Buffer) =>
    isTemporaryName(name) && !access.temporaries.has(name.toString('latin1'));
  await visitTree(
    access.root,
    {
      folder: async () => {},
      enters: async (parent, name) => {
        if (!isTemporaryName(name)) return true;
        if (!isLeftover(name)) return false;
        await removeTree(access, parent, name, signal);
        removed += 1;
        return false;
      },
      entries: async (parent, names) => {
        for (const name of names) {
          if (isLeftover(name) && (await removeOne(access, parent, name))) removed += 1;
        }
      },
    },
    signal,
  );
  return removed;
}

async function removeOne(access: Access, parent: Folder, name: Buffer): Promise<boolean> {
  const stats = await lookAt(parent, name);
  if (!stats || stats.isDirectory()) return false;
  try {
    await parent.at(name, (path) => unlink(path));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
  access.quota.release(freedBytesOf(stats));
  return true;
}
