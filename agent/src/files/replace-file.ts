import { unlink } from 'node:fs/promises';
import { type Access, give } from './access.ts';
import { allocatedBytesOf, type EntryStats, freedBytesOf, toEntryStats } from './entry-stats.ts';
import { refuseForeignHardLink, refuseUnlessFile, systemError } from './file-errors.ts';
import { lookAt } from './look-at-all.ts';
import { move } from './rename-entry.ts';
import { temporaryName } from './temporary-name.ts';
import { walkToTarget } from './walk.ts';
import { type ByteSource, writeSource } from './write-chunks.ts';

export interface WriteOptions {
  /** The mode of a new file, 0644 when left out. A file that is there keeps its own. */
  mode?: number;
  /** False leaves it to the disk when it survives a power cut: for what can be made again, like an unpacked archive. */
  isDurable?: boolean;
  signal?: AbortSignal;
}

/**
 * Writes a file as a whole: at every moment, after a crash too, its name leads to the old contents or to the new. What
 * it is made of is beside it under a hidden name until then (see `removeLeftovers`).
 */
export async function replaceFile(
  access: Access,
  names: readonly Buffer[],
  source: ByteSource,
  { mode = 0o644, isDurable = true, signal }: WriteOptions = {},
): Promise<EntryStats> {
  signal?.throwIfAborted();
  await using target = await walkToTarget(access.root, names);
  const { folder, name, entry } = target;
  if (!name) throw systemError('EISDIR');
  if (entry) {
    refuseUnlessFile(entry.stats);
    refuseForeignHardLink(entry.stats, access.owner.uid);
  }
  const temporary = temporaryName();
  using _known = remember(access.temporaries, temporary);
  using reservation = access.quota.reserve(0);
  const handle = await folder.createFile(temporary);
  try {
    await writeSource(handle, source, reservation, signal);
    await give(handle, access.owner);
    await handle.chmod((entry?.stats.mode ?? mode) & 0o777);
    if (isDurable) await handle.sync();
    const stats = await handle.stat();
    signal?.throwIfAborted();
    await access.oneAtATime(async () => {
      const replaced = await lookAt(folder, name);
      await move(folder, temporary, folder, name);
      reservation.settle(Math.max(allocatedBytesOf(stats), stats.size));
      if (replaced) access.quota.release(freedBytesOf(replaced));
    });
    if (isDurable) await folder.sync();
    return toEntryStats(stats);
  } catch (error) {
    // This error is the one to tell; what is left over is found again by its name.
    await folder.at(temporary, (path) => unlink(path)).catch(() => {});
    throw error;
  } finally {
    await handle.close();
  }
}

/** Spares a hidden name from `removeLeftovers` for as long as it is written. */
export function remember(temporaries: Set<string>, name: Buffer): Disposable {
  const key = name.toString('latin1');
  temporaries.add(key);
  return { [Symbol.dispose]: () => temporaries.delete(key) };
}
