import { constants } from 'node:fs';
import type { Access } from './access.ts';
import { type EntryStats, freedBytesOf, toEntryStats } from './entry-stats.ts';
import { refuseForeignHardLink, refuseUnlessFile, systemError } from './file-errors.ts';
import { lookAt } from './look-at-all.ts';
import { move } from './rename-entry.ts';
import { walkToTarget } from './walk.ts';

/** A file that came piece by piece under a hidden name becomes another one, with the mode of what it replaces. */
export async function putInPlace(
  access: Access,
  from: readonly Buffer[],
  to: readonly Buffer[],
): Promise<EntryStats> {
  await using source = await walkToTarget(access.root, from);
  await using target = await walkToTarget(access.root, to);
  const { folder, name, entry } = target;
  const { name: sourceName, entry: made } = source;
  if (!sourceName || !name) throw systemError('EISDIR');
  if (!made) throw systemError('ENOENT');
  for (const { stats } of entry ? [made, entry] : [made]) {
    refuseUnlessFile(stats);
    refuseForeignHardLink(stats, access.owner.uid);
  }
  const handle = await made.openFile(constants.O_WRONLY);
  try {
    await handle.chmod((entry?.stats.mode ?? 0o644) & 0o777);
    await handle.sync();
    const stats = await handle.stat();
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
