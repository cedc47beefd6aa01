import type { Stats } from 'node:fs';
import { rmdir, unlink } from 'node:fs/promises';
import { AppError } from '@catalyst/shared/contract/errors';
import type { Access } from './access.ts';
import { freedBytesOf } from './entry-stats.ts';
import { systemError } from './file-errors.ts';
import type { Folder } from './folder.ts';
import { lookAt } from './look-at-all.ts';
import { walkToEntry } from './walk.ts';

/** Deletes a file or a link; throws `invalid_input` for a folder. */
export function deleteFile(access: Access, names: readonly Buffer[]): Promise<void> {
  return deleteOne(access, names, async (folder, name, stats) => {
    if (stats.isDirectory()) throw systemError('EISDIR');
    await folder.at(name, (path) => unlink(path));
  });
}

/** Throws `conflict` for a folder that is not empty, `invalid_input` for what is none. */
export function deleteEmptyFolder(access: Access, names: readonly Buffer[]): Promise<void> {
  return deleteOne(access, names, async (folder, name, stats) => {
    if (!stats.isDirectory()) throw systemError('ENOTDIR');
    await folder.at(name, (path) => rmdir(path));
  });
}

async function deleteOne(
  access: Access,
  names: readonly Buffer[],
  remove: (folder: Folder, name: Buffer, stats: Stats) => Promise<void>,
): Promise<void> {
  using place = await walkToEntry(access.root, names);
  const { folder, name } = place;
  if (!name) throw new AppError('bad_request', "The server's folder itself cannot be deleted");
  // One by one, so that of two names of an inode the last is seen to be the last and its bytes are freed once.
  await access.oneAtATime(async () => {
    const stats = await lookAt(folder, name);
    if (!stats) throw systemError('ENOENT');
    await remove(folder, name, stats);
    access.quota.release(freedBytesOf(stats));
  });
}
