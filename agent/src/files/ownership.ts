import { AppError } from '@catalyst/shared/contract/errors';
import type { Access, Owner } from './access.ts';
import { errorCode, isForeignHardLink, refuseForeignHardLink, systemError } from './file-errors.ts';
import type { Folder, PinnedEntry } from './folder.ts';
import { allDone } from './look-at-all.ts';
import { visitTree } from './visit-tree.ts';
import { walkToEntry, walkToTarget } from './walk.ts';

export interface TakeOwnershipOptions {
  /** Everything below, too; never through links, never into mounts. */
  isRecursive?: boolean;
  signal?: AbortSignal;
}

export interface OwnershipResult {
  changedCount: number;
  /** Hard links to files of others, and mounts: left as they were. */
  refusedCount: number;
}

/** Gives an entry (of a link: the link) to the server's user. No other owner can be asked for. */
export async function takeOwnership(
  access: Access,
  names: readonly Buffer[],
  { isRecursive = false, signal }: TakeOwnershipOptions = {},
): Promise<OwnershipResult> {
  using place = await walkToEntry(access.root, names);
  const { folder, name } = place;
  if (!name) return await takeFolder(access.owner, folder, isRecursive, signal);
  await using entry = await folder.pin(name);
  if (!entry.stats.isDirectory()) {
    refuseForeignHardLink(entry.stats, access.owner.uid);
    await changeOwner(entry, access.owner);
    return { changedCount: 1, refusedCount: 0 };
  }
  using child = await folder.enter(name);
  if (child.mount !== folder.mount) throw systemError('EBUSY');
  return await takeFolder(access.owner, child, isRecursive, signal);
}

/** The permission bits only: setuid, setgid and sticky are dropped. A link leads to what is changed. */
export async function changeMode(access: Access, names: readonly Buffer[], mode: number): Promise<void> {
  if (!Number.isInteger(mode) || mode < 0) throw new AppError('bad_request', 'This is not a file mode');
  await using target = await walkToTarget(access.root, names);
  const { folder, name, entry } = target;
  if (!name) {
    await folder.chmod(mode & 0o777);
    return;
  }
  if (!entry) throw systemError('ENOENT');
  refuseForeignHardLink(entry.stats, access.owner.uid);
  await entry.chmod(mode & 0o777);
}

async function takeFolder(
  owner: Owner,
  start: Folder,
  isRecursive: boolean,
  signal?: AbortSignal,
): Promise<OwnershipResult> {
  if (!isRecursive) {
    await changeOwner(start, owner);
    return { changedCount: 1, refusedCount: 0 };
  }
  const result = { changedCount: 0, refusedCount: 0 };
  const mounts = await visitTree(
    start,
    {
      folder: async (folder) => {
        await changeOwner(folder, owner);
        result.changedCount += 1;
      },
      entries: async (parent, names) => {
        for (const isChanged of await allDone(names.map((name) => takeOne(owner, parent, name)))) {
          if (isChanged) result.changedCount += 1;
          else result.refusedCount += 1;
        }
      },
    },
    signal,
  );
  return { ...result, refusedCount: result.refusedCount + mounts };
}

/** By the pinned inode, since what has the name may be swapped for a hard link to anything between look and change. */
async function takeOne(owner: Owner, parent: Folder, name: Buffer): Promise<boolean> {
  try {
    await using entry = await parent.pin(name);
    if (isForeignHardLink(entry.stats, owner.uid) || entry.mount !== parent.mount) return false;
    await changeOwner(entry, owner);
    return true;
  } catch (error) {
    // Gone meanwhile: nothing to change.
    if (errorCode(error) === 'ENOENT') return true;
    throw error;
  }
}

async function changeOwner(entry: Folder | PinnedEntry, { uid, gid }: Owner): Promise<void> {
  if (uid === undefined || gid === undefined) return;
  await entry.chown(uid, gid);
}
