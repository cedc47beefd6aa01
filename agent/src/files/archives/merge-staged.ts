import { rmdir } from 'node:fs/promises';
import { AppError } from '@catalyst/shared/contract/errors';
import type { Access } from '../access.ts';
import { allocatedBytesOf, freedBytesOf } from '../entry-stats.ts';
import type { Folder } from '../folder.ts';
import { lookAt } from '../look-at-all.ts';
import { move } from '../rename-entry.ts';
import { joinNames } from '../server-path.ts';
import { shown } from './archive-entry.ts';

/**
 * Moves all that is in one folder into another, where folders of the same name become one. Looks at everything first:
 * throws `conflict`, naming what is in the way, before anything is moved.
 */
export async function mergeStaged(
  access: Access,
  staged: Folder,
  target: Folder,
  isReplacing: boolean,
): Promise<void> {
  await refuseConflicts(staged, target, isReplacing, []);
  await moveAll(access, staged, target, isReplacing, []);
}

async function refuseConflicts(
  staged: Folder,
  target: Folder,
  isReplacing: boolean,
  way: readonly Buffer[],
): Promise<void> {
  for await (const batch of staged.entries()) {
    for (const { name } of batch) {
      if ((await meeting(staged, target, name, isReplacing, way)) !== 'folders') continue;
      using from = await staged.enter(name);
      using to = await target.enter(name);
      if (to.mount !== target.mount) throw inTheWay([...way, name], 'is another disk');
      await refuseConflicts(from, to, isReplacing, [...way, name]);
    }
  }
}

async function moveAll(
  access: Access,
  staged: Folder,
  target: Folder,
  isReplacing: boolean,
  way: readonly Buffer[],
): Promise<void> {
  const names: Buffer[] = [];
  for await (const batch of staged.entries()) names.push(...batch.map(({ name }) => name));
  for (const name of names) {
    const isMoved = await access.oneAtATime(async () => {
      // Again: the game may have made something since.
      if ((await meeting(staged, target, name, isReplacing, way)) === 'folders') return false;
      const replaced = await lookAt(target, name);
      await move(staged, name, target, name);
      if (replaced) access.quota.release(freedBytesOf(replaced));
      return true;
    });
    if (isMoved) continue;
    using from = await staged.enter(name);
    using to = await target.enter(name);
    await moveAll(access, from, to, isReplacing, [...way, name]);
    const emptied = await from.stat();
    await staged.at(name, (path) => rmdir(path));
    access.quota.release(allocatedBytesOf(emptied));
  }
}

/** Throws where what is there may not be replaced. */
async function meeting(
  staged: Folder,
  target: Folder,
  name: Buffer,
  isReplacing: boolean,
  way: readonly Buffer[],
): Promise<'free' | 'folders' | 'replaced'> {
  const there = await lookAt(target, name);
  if (!there) return 'free';
  const isFolder = (await lookAt(staged, name))?.isDirectory() ?? false;
  if (there.isDirectory() && isFolder) return 'folders';
  const path = [...way, name];
  if (there.isDirectory()) throw inTheWay(path, 'is a folder already, and none in the archive');
  if (isFolder) throw inTheWay(path, 'is a folder in the archive, and something else already');
  if (!isReplacing) throw inTheWay(path, 'is there already');
  return 'replaced';
}

function inTheWay(path: readonly Buffer[], reason: string): AppError {
  return new AppError('conflict', `Nothing was unpacked: ${shown(joinNames(path))} ${reason}`);
}
