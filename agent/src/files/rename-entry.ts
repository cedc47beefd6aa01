import { rename } from 'node:fs/promises';
import { AppError } from '@catalyst/shared/contract/errors';
import type { Access } from './access.ts';
import { freedBytesOf } from './entry-stats.ts';
import { errorCode } from './file-errors.ts';
import type { Folder } from './folder.ts';
import { lookAt } from './look-at-all.ts';
import { walkToEntry } from './walk.ts';

export interface RenameOptions {
  /** What to do when there is something of the new name; refuse (`conflict`) when left out. A full folder is never replaced. */
  ifExists?: 'replace' | 'refuse';
  /** False leaves it to the disk when it survives a power cut. */
  isDurable?: boolean;
}

/** Moves a file, a link (not what it leads to) or a folder to another name, anywhere in the server's folder. */
export async function renameEntry(
  access: Access,
  from: readonly Buffer[],
  to: readonly Buffer[],
  { ifExists = 'refuse', isDurable = true }: RenameOptions = {},
): Promise<void> {
  using source = await walkToEntry(access.root, from);
  using target = await walkToEntry(access.root, to);
  const { name } = source;
  const { name: newName } = target;
  if (!name || !newName) throw new AppError('bad_request', "The server's folder itself cannot be renamed");
  if (isSameOrBelow(to, from) && to.length > from.length) throw intoItself();
  await access.oneAtATime(async () => {
    const replaced = await lookAt(target.folder, newName);
    if (replaced && ifExists === 'refuse') {
      throw new AppError('conflict', 'There is already something of this name');
    }
    try {
      await move(source.folder, name, target.folder, newName);
    } catch (error) {
      // The kernel knows this also when links on the way hide it.
      throw errorCode(error) === 'EINVAL' ? intoItself() : error;
    }
    const moved = replaced && (await lookAt(target.folder, newName));
    // Two names of one inode: rename does nothing then, and frees nothing.
    if (replaced && moved?.ino !== replaced.ino) access.quota.release(freedBytesOf(replaced));
  });
  if (!isDurable) return;
  await source.folder.sync();
  if (target.folder !== source.folder) await target.folder.sync();
}

/** Between any two open folders; what has the new name is replaced as rename(2) does. */
export function move(from: Folder, name: Buffer, to: Folder, newName: Buffer): Promise<void> {
  return from.at(name, (oldPath) => to.at(newName, (newPath) => rename(oldPath, newPath)));
}

export function isSameOrBelow(names: readonly Buffer[], folder: readonly Buffer[]): boolean {
  return folder.every((name, index) => names[index]?.equals(name));
}

function intoItself(): AppError {
  return new AppError('bad_request', 'A folder cannot be moved into itself');
}
