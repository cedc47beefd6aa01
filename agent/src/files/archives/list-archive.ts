import type { Access } from '../access.ts';
import { openForReading } from '../read-file.ts';
import type { ArchiveEntry } from './archive-entry.ts';
import { ArchiveLimits } from './archive-limits.ts';
import { readArchive } from './read-archive.ts';

export interface ListArchiveOptions {
  /** How many entries to leave out at the beginning. */
  skip: number;
  limit: number;
  signal?: AbortSignal;
}

export interface ListedArchive {
  entries: Omit<ArchiveEntry, 'body'>[];
  hasMore: boolean;
}

/** What is in an archive, in its own order and by its own words: names that would be refused are listed, too. */
export async function listArchive(
  access: Access,
  names: readonly Buffer[],
  { skip, limit, signal }: ListArchiveOptions,
): Promise<ListedArchive> {
  await using file = await openForReading(access, names);
  const limits = new ArchiveLimits(file.stats.sizeBytes);
  const entries: ListedArchive['entries'] = [];
  let index = 0;
  for await (const entry of readArchive(file, limits, { isOnlyListed: true, signal })) {
    signal?.throwIfAborted();
    if (entries.length === limit) return { entries, hasMore: true };
    if (index >= skip) entries.push(entry);
    index += 1;
  }
  return { entries, hasMore: false };
}
