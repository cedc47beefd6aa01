import { mkdir, rmdir } from 'node:fs/promises';
import { AppError } from '@catalyst/shared/contract/errors';
import { type Access, give } from './access.ts';
import { allocatedBytesOf } from './entry-stats.ts';
import { errorCode, systemError } from './file-errors.ts';
import type { Folder } from './folder.ts';
import { lookAt } from './look-at-all.ts';
import { walkToEntry, walkToFolder } from './walk.ts';

export const newFolderBytes = 4096;

export interface MakeFolderOptions {
  /** Makes the folders above it too, and is content when it is there already. */
  isRecursive?: boolean;
  /** False leaves it to the disk when it survives a power cut. */
  isDurable?: boolean;
}

export async function makeFolder(
  access: Access,
  names: readonly Buffer[],
  { isRecursive = false, isDurable = true }: MakeFolderOptions = {},
): Promise<void> {
  if (isRecursive) {
    using _made = await walkToFolder(access.root, names, async (parent, name) => {
      await makeUnlessThere(access, parent, name, isDurable);
    });
    return;
  }
  using place = await walkToEntry(access.root, names);
  const isMade = place.name && (await makeUnlessThere(access, place.folder, place.name, isDurable));
  if (!isMade) throw systemError('EEXIST');
}

/** False when there is something of this name. */
async function makeUnlessThere(
  access: Access,
  parent: Folder,
  name: Buffer,
  isDurable: boolean,
): Promise<boolean> {
  // Looked at first: what is there already costs nothing of the quota.
  if (await lookAt(parent, name)) return false;
  using reservation = access.quota.reserve(newFolderBytes);
  try {
    await parent.at(name, (path) => mkdir(path, 0o755));
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
  try {
    reservation.settle(await handOver(access, parent, name));
  } catch (error) {
    await parent.at(name, (path) => rmdir(path)).catch(() => {});
    throw error;
  }
  if (isDurable) await parent.sync();
  return true;
}

/** Gives a folder just made to the server's user; returns the bytes it takes. */
async function handOver({ owner }: Access, parent: Folder, name: Buffer): Promise<number> {
  using made = await parent.enter(name);
  const stats = await made.stat();
  const isOurs = !owner.mustBeGiven || stats.uid === process.getuid?.() || stats.uid === owner.uid;
  if (!isOurs) throw new AppError('conflict', 'The folder was replaced while it was being made; try again');
  await give(made, owner);
  // Whatever the umask was.
  await made.chmod(0o755);
  return allocatedBytesOf(stats);
}
