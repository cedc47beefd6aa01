import { AppError } from '@catalyst/shared/contract/errors';
import type { Access } from './access.ts';
import { type CopyProgress, type SkippedEntry, TreeCopy } from './copy-tree.ts';
import { removeTree } from './delete-tree.ts';
import { allocatedBytesOf, freedBytesOf } from './entry-stats.ts';
import { systemError } from './file-errors.ts';
import type { Folder } from './folder.ts';
import { lookAt, lookAtAll } from './look-at-all.ts';
import { isSameOrBelow, move } from './rename-entry.ts';
import { remember } from './replace-file.ts';
import { temporaryName } from './temporary-name.ts';
import { visitTree } from './visit-tree.ts';
import { walkToEntry } from './walk.ts';

export interface CopyOptions {
  /** What to do when there is something of the new name; refuse (`conflict`) when left out. A full folder is never replaced. */
  ifExists?: 'replace' | 'refuse';
  /** False leaves it to the disk when it survives a power cut. */
  isDurable?: boolean;
  /** Called after every piece of a file and every entry. */
  onProgress?: (progress: CopyProgress & CopyTotals) => void;
  signal?: AbortSignal;
}

/** As it was measured before; a game may add to it meanwhile. */
interface CopyTotals {
  totalBytes: number;
  totalEntries: number;
}

export interface CopyResult extends CopyProgress {
  /** FIFOs, sockets, devices, mounts, links that would lead out, and hard links to files of others. */
  skippedCount: number;
  /** The first hundred of them. */
  skipped: SkippedEntry[];
}

/**
 * Makes the copy under a hidden name and gives it its own when it is complete; whatever ends it before takes it away
 * again. Owner is the server, modes are kept without setuid, setgid and sticky; a link is copied as a link.
 */
export async function copyEntry(
  access: Access,
  from: readonly Buffer[],
  to: readonly Buffer[],
  { ifExists = 'refuse', isDurable = true, onProgress, signal }: CopyOptions = {},
): Promise<CopyResult> {
  signal?.throwIfAborted();
  using source = await walkToEntry(access.root, from);
  using target = await walkToEntry(access.root, to);
  const { name } = source;
  const { name: newName } = target;
  if (!name) throw new AppError('bad_request', "The server's folder cannot be copied into itself");
  if (!newName) throw new AppError('bad_request', "The server's folder itself cannot be replaced");
  const stats = await lookAt(source.folder, name);
  if (!stats) throw systemError('ENOENT');
  if (isSameOrBelow([...target.way, newName], [...source.way, name])) {
    throw new AppError('bad_request', 'This cannot be copied into or onto itself');
  }
  const refuseReplacing = async () => {
    const replaced = await lookAt(target.folder, newName);
    if (!replaced) return undefined;
    if (ifExists === 'refuse') throw systemError('EEXIST');
    if (replaced.isDirectory() && !stats.isDirectory()) throw systemError('EISDIR');
    return replaced;
  };
  await refuseReplacing();
  const totals = await measure(source.folder, name, signal);
  // Only to see whether it fits: the copy reserves each piece itself, since others write meanwhile.
  access.quota.reserve(totals.totalBytes)[Symbol.dispose]();

  const temporary = temporaryName();
  using _known = remember(access.temporaries, temporary);
  const copy = new TreeCopy(access, {
    isDurable,
    signal,
    onProgress: (progress) => onProgress?.({ ...progress, ...totals }),
  });
  try {
    await copy.entry(
      { folder: source.folder, name },
      { folder: target.folder, name: temporary, way: target.way },
    );
    signal?.throwIfAborted();
    await access.oneAtATime(async () => {
      const replaced = await refuseReplacing();
      await move(target.folder, temporary, target.folder, newName);
      if (replaced) access.quota.release(freedBytesOf(replaced));
    });
  } catch (error) {
    // This error is the one to tell; what is left over is found again by its name.
    await removeTree(access, target.folder, temporary).catch(() => {});
    throw error;
  }
  if (isDurable) await target.folder.sync();
  return copy.result();
}

/** By sizes, not blocks: what has holes is copied without them. */
async function measure(parent: Folder, name: Buffer, signal?: AbortSignal): Promise<CopyTotals> {
  const totals = { totalBytes: 0, totalEntries: 0 };
  const count = async (folder: Folder, names: readonly Buffer[]) => {
    for (const stats of await lookAtAll(folder, names)) {
      if (!stats) continue;
      totals.totalEntries += 1;
      if (stats.isFile()) totals.totalBytes += stats.size;
    }
  };
  const stats = await lookAt(parent, name);
  if (!stats?.isDirectory()) {
    await count(parent, [name]);
    return totals;
  }
  using start = await parent.enter(name);
  if (start.mount !== parent.mount) throw systemError('EBUSY');
  await visitTree(
    start,
    {
      folder: async (folder) => {
        totals.totalEntries += 1;
        totals.totalBytes += allocatedBytesOf(await folder.stat());
      },
      entries: count,
    },
    signal,
  );
  return totals;
}
