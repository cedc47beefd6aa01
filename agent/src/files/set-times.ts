import { AppError } from '@catalyst/shared/contract/errors';
import type { Access } from './access.ts';
import { refuseForeignHardLink, systemError } from './file-errors.ts';
import { walkToTarget } from './walk.ts';

export interface EntryTimes {
  accessedAt?: Date;
  modifiedAt?: Date;
}

/** A time that is left out stays as it is. A link leads to what is changed. */
export async function setTimes(
  access: Access,
  names: readonly Buffer[],
  { accessedAt, modifiedAt }: EntryTimes,
): Promise<void> {
  for (const time of [accessedAt, modifiedAt]) {
    if (time && Number.isNaN(time.getTime())) throw new AppError('bad_request', 'This is not a time');
  }
  await using target = await walkToTarget(access.root, names);
  const { folder, name, entry } = target;
  if (name && !entry) throw systemError('ENOENT');
  if (entry) refuseForeignHardLink(entry.stats, access.owner.uid);
  const stats = entry?.stats ?? (await folder.stat());
  await (entry ?? folder).setTimes(accessedAt ?? stats.atime, modifiedAt ?? stats.mtime);
}
