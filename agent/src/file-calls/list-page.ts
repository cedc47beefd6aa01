import type { DirectoryEntry } from '../files/entry-stats.ts';
import type { ServerDirectory } from '../files/server-directory.ts';
import { isTemporaryName } from '../files/temporary-name.ts';

export interface PageOptions {
  limit: number;
  /** The last entry of the page before. */
  after?: Pick<DirectoryEntry, 'type' | 'name'> | undefined;
}

/**
 * The next entries of a folder, folders first, then by the bytes of their names. The disk has no order, so all of them are
 * looked at; only those of the page are kept.
 */
export async function listPage(
  directory: ServerDirectory,
  path: Uint8Array,
  { limit, after }: PageOptions,
): Promise<{ entries: DirectoryEntry[]; hasMore: boolean }> {
  const most = limit + 1;
  let first: DirectoryEntry[] = [];
  const keepFirst = () => {
    first = first.sort(inOrder).slice(0, most);
  };
  for await (const entry of directory.list(path)) {
    // Of a write under way: no file yet.
    if (isTemporaryName(entry.name)) continue;
    if (after && inOrder(entry, after) <= 0) continue;
    const last = first[most - 1];
    if (last && first.length === most && inOrder(entry, last) > 0) continue;
    first.push(entry);
    if (first.length > 2 * most) keepFirst();
  }
  keepFirst();
  return { entries: first.slice(0, limit), hasMore: first.length > limit };
}

type Placed = Pick<DirectoryEntry, 'type' | 'name'>;

function inOrder(one: Placed, other: Placed): number {
  return rankOf(one) - rankOf(other) || Buffer.compare(one.name, other.name);
}

const rankOf = ({ type }: Placed) => (type === 'folder' ? 0 : 1);
