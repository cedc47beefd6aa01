import { constants } from 'node:fs';
import type { Access } from './access.ts';
import { type EntryStats, freedBytesOf, toEntryStats } from './entry-stats.ts';
import { refuseForeignHardLink, refuseUnlessFile, systemError } from './file-errors.ts';
import { lookAt } from './look-at-all.ts';
import { move } from './rename-entry.ts';
import { walkToEntry, walkToTarget } from './walk.ts';

/** A file that came piece by piece under a hidden name becomes another one, with the mode of what it replaces. */
export async function putInPlace(
  access: Access,
  from: readonly Buffer[],
  to: readonly Buffer[],
): Promise<EntryStats> {
  using source = await walkToEntry(access.root, from);
  await using target = await walkToTarget(access.root, to);
  const { folder, name, entry } = target;
  if (!source.name || !name) throw systemError('EISDIR');
  if (entry) {
    refuseUnlessFile(entry.stats);
    refuseForeignHardLink(entry.stats, access.owner.uid);
  }
  await using made = await source.folder.pin(source.name);
  refuseUnlessFile(made.stats);
  refuseForeignHardLink(made.stats, access.owner.uid);
  const handle = await made.openFile(constants.O_WRONLY);
  try {
    await handle.chmod((entry?.stats.mode ?? 0o644) & 0o777);
    await handle.sync();
    const stats = await handle.stat();
    const sourceName = source.name;
    await access.oneAtATime(async () => {
      const replaced = await lookAt(folder, name);
      await move(source.folder, sourceName, folder, name);
      if (replaced && replaced.ino !== stats.ino) access.quota.release(freedBytesOf(replaced));
    });
    await folder.sync();
    if (source.folder !== folder) await source.folder.sync();
    return toEntryStats(stats);
  } finally {
    await handle.close();
  }
}
