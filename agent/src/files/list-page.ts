import type { Dirent } from 'node:fs';
import { AppError } from '@catalyst/shared/contract/errors';
import { type DirectoryEntry, toEntryStats } from './entry-stats.ts';
import type { Folder } from './folder.ts';
import { lookAtAll } from './look-at-all.ts';
import { isHiddenName } from './temporary-name.ts';
import { walkToFolder } from './walk.ts';

const namesAtOnce = 256;
const mostEntries = 10_000;
const sortings = ['name', 'size', 'time', 'kind'] as const;

export interface ListPageOptions {
  /** By the bytes of the name when left out; what is equal otherwise is sorted by name. */
  sortBy?: (typeof sortings)[number];
  isDescending?: boolean;
  /** Folders before everything else, also when descending. */
  foldersFirst?: boolean;
  /** At most 10,000; 100 when left out. */
  limit?: number;
  /** The `nextCursor` of the page before, asked for with the same sorting. */
  cursor?: string | undefined;
  signal?: AbortSignal;
}

export interface ListedPage {
  entries: DirectoryEntry[];
  /** Undefined on the last page. */
  nextCursor: string | undefined;
  /** Of the whole folder, as it was counted for this page. */
  totalCount: number;
}

/** Where an entry stands. The cursor is the place of the last one told, so a page is right whatever came and went. */
interface Place {
  group: number;
  value: number;
  name: Buffer;
}

/**
 * One page of a folder. Every page reads the whole folder, but never holds more than two pages of it. Sizes and times
 * need a look at each entry; names and kinds only at those of the page.
 */
export async function listPage(
  root: Folder,
  names: readonly Buffer[],
  options: ListPageOptions = {},
): Promise<ListedPage> {
  const { sortBy = 'name', isDescending = false, foldersFirst = false, limit = 100, signal } = options;
  if (!sortings.includes(sortBy)) throw new AppError('bad_request', 'A folder cannot be sorted by this');
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > mostEntries) {
    throw new AppError('bad_request', `A page has from 1 to ${mostEntries} entries`);
  }
  const compare = comparison(isDescending);
  const page = new BestPlaces(limit, compare, options.cursor ? placeFrom(options.cursor) : undefined);
  const groupOf = (isFolder: boolean) => (foldersFirst && !isFolder ? 1 : 0);
  using place = await walkToFolder(root, names);

  const offerStats = async (names: Buffer[]) => {
    for (const [index, stats] of (await lookAtAll(place.folder, names)).entries()) {
      const name = names[index];
      if (!stats || !name) continue;
      const value = sortBy === 'size' ? stats.size : stats.mtime.getTime();
      page.offer({ group: groupOf(stats.isDirectory()), value, name });
    }
  };
  for await (const batch of place.folder.entries()) {
    signal?.throwIfAborted();
    // Those of a write under way are no files yet.
    const entries = batch.filter(({ name }) => !isHiddenName(name));
    if (sortBy === 'name' || sortBy === 'kind') {
      for (const entry of entries) {
        const value = sortBy === 'kind' ? kindOf(entry) : 0;
        page.offer({ group: groupOf(entry.isDirectory()), value, name: entry.name });
      }
      continue;
    }
    for (let start = 0; start < entries.length; start += namesAtOnce) {
      await offerStats(entries.slice(start, start + namesAtOnce).map(({ name }) => name));
    }
  }

  const { places, hasMore } = page.finish();
  const last = places.at(-1);
  return {
    entries: await describe(place.folder, places, signal),
    nextCursor: hasMore && last ? cursorOf(last) : undefined,
    totalCount: page.offeredCount,
  };
}

/** Keeps the first so many places after a given one. */
class BestPlaces {
  readonly #limit: number;
  readonly #compare: (one: Place, other: Place) => number;
  readonly #after: Place | undefined;
  #kept: Place[] = [];
  #worst: Place | undefined;
  #followingCount = 0;
  offeredCount = 0;

  constructor(limit: number, compare: (one: Place, other: Place) => number, after: Place | undefined) {
    this.#limit = limit;
    this.#compare = compare;
    this.#after = after;
  }

  offer(place: Place): void {
    this.offeredCount += 1;
    if (this.#after && this.#compare(place, this.#after) <= 0) return;
    this.#followingCount += 1;
    if (this.#worst && this.#compare(place, this.#worst) >= 0) return;
    this.#kept.push(place);
    // Sorted only now and then, which costs less than keeping them sorted.
    if (this.#kept.length >= this.#limit * 2) this.#cut();
  }

  finish(): { places: Place[]; hasMore: boolean } {
    this.#cut();
    return { places: this.#kept, hasMore: this.#followingCount > this.#kept.length };
  }

  #cut(): void {
    this.#kept.sort(this.#compare);
    this.#kept.length = Math.min(this.#kept.length, this.#limit);
    if (this.#kept.length === this.#limit) this.#worst = this.#kept.at(-1);
  }
}

function comparison(isDescending: boolean): (one: Place, other: Place) => number {
  const sign = isDescending ? -1 : 1;
  return (one, other) =>
    one.group - other.group ||
    sign * (one.value - other.value) ||
    sign * Buffer.compare(one.name, other.name);
}

function kindOf(entry: Dirent<Buffer>): number {
  if (entry.isDirectory()) return 0;
  if (entry.isFile()) return 1;
  return entry.isSymbolicLink() ? 2 : 3;
}

/** What vanished meanwhile is left out, so a page may have fewer entries than asked for. */
async function describe(
  folder: Folder,
  places: readonly Place[],
  signal?: AbortSignal,
): Promise<DirectoryEntry[]> {
  const entries: DirectoryEntry[] = [];
  for (let start = 0; start < places.length; start += namesAtOnce) {
    signal?.throwIfAborted();
    const names = places.slice(start, start + namesAtOnce).map(({ name }) => name);
    for (const [index, stats] of (await lookAtAll(folder, names)).entries()) {
      const name = names[index];
      if (stats && name) entries.push({ name, ...toEntryStats(stats) });
    }
  }
  return entries;
}

function cursorOf({ group, value, name }: Place): string {
  return `${group}.${value}.${name.toString('base64url')}`;
}

function placeFrom(cursor: string): Place {
  const [, group, value, name] = /^([01])\.(-?\d{1,19})\.([\w-]{1,400})$/.exec(cursor) ?? [];
  if (!group || !value || !name) throw new AppError('bad_request', 'This is not the cursor of a page');
  return { group: Number(group), value: Number(value), name: Buffer.from(name, 'base64url') };
}
