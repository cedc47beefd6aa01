import { type EntryStats, toEntryStats } from './entry-stats.ts';
import type { Folder } from './folder.ts';
import { lookAtAll } from './look-at-all.ts';
import { namePattern } from './name-pattern.ts';
import { type SearchOptions, type SearchSummary, searchWithin } from './search-tree.ts';
import { joinNames } from './server-path.ts';
import { isHiddenName } from './temporary-name.ts';
import { visitTree } from './visit-tree.ts';
import { walkToFolder } from './walk.ts';

export interface NameQuery {
  /** A part of the name, or with `*` (any characters) and `?` (one) the whole name. */
  name: string;
  isCaseSensitive?: boolean;
}

export interface FoundName extends EntryStats {
  /** Below the folder that is searched. */
  path: Buffer;
}

/** Links are found by their own names and never followed; what is mounted is left out. */
export async function searchNames(
  root: Folder,
  names: readonly Buffer[],
  { name: wanted, isCaseSensitive = false }: NameQuery,
  options: SearchOptions<FoundName>,
): Promise<SearchSummary> {
  const matches = namePattern(wanted, isCaseSensitive);
  using place = await walkToFolder(root, names);
  return await searchWithin(options, async (found, signal) => {
    const tell = async (parent: Folder, candidates: readonly Buffer[], way: readonly Buffer[]) => {
      const matching = candidates.filter((name) => matches(name) && !isHiddenName(name));
      for (const [index, stats] of (await lookAtAll(parent, matching)).entries()) {
        const name = matching[index];
        if (stats && name) await found({ path: joinNames([...way, name]), ...toEntryStats(stats) });
      }
    };
    await visitTree(
      place.folder,
      {
        folder: async () => {},
        enters: async (parent, name, way) => {
          await tell(parent, [name], way);
          return true;
        },
        entries: tell,
      },
      signal,
    );
  });
}
