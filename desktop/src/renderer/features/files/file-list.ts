import type { FileEntry } from '@catalyst/shared/features/files';
import { nameKey, nameOf } from './file-path.ts';

export const sortColumns = ['name', 'size', 'modified'] as const;
export type FileSortColumn = (typeof sortColumns)[number];

export interface FileSorting {
  column: FileSortColumn;
  descending: boolean;
}

/** What a link leads to counts, as it is opened like that. */
export const isFolder = ({ type, leadsTo }: Pick<FileEntry, 'type' | 'leadsTo'>): boolean =>
  type === 'folder' || leadsTo === 'folder';

/** Pipes, sockets and devices, and links to nothing, are never opened. */
export const isOpenable = (entry: Pick<FileEntry, 'type' | 'leadsTo'>): boolean =>
  isFolder(entry) || entry.type === 'file' || entry.leadsTo === 'file';

export const entryKey = (entry: Pick<FileEntry, 'name' | 'nameBase64'>): string => nameKey(nameOf(entry));

/** Whether a page of the folder as it comes is a page of the list as it is shown. */
export const isInOrder = ({ column, descending }: FileSorting): boolean => column === 'name' && !descending;

/** Folders first, whatever is sorted by; what is alike stays by name, as it came. */
export function sortEntries(entries: readonly FileEntry[], sorting: FileSorting): readonly FileEntry[] {
  if (isInOrder(sorting)) return entries;
  const { column, descending } = sorting;
  const sorted = (part: FileEntry[]) => {
    if (column === 'name') return part.reverse();
    const sizeOrTime =
      column === 'size'
        ? (entry: FileEntry) => entry.sizeBytes
        : (entry: FileEntry) => entry.modifiedAt.getTime();
    const direction = descending ? -1 : 1;
    return part.sort((a, b) => (sizeOrTime(a) - sizeOrTime(b)) * direction);
  };
  // A folder's own size says nothing about what is in it.
  const folders = entries.filter(({ type }) => type === 'folder');
  const others = entries.filter(({ type }) => type !== 'folder');
  return [...(column === 'size' ? folders : sorted(folders)), ...sorted(others)];
}

/** Those with every word in their name. */
export function filterEntries(entries: readonly FileEntry[], text: string): readonly FileEntry[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return entries;
  return entries.filter(({ name }) => {
    const lower = name.toLowerCase();
    return words.every((word) => lower.includes(word));
  });
}

/** The next one whose name begins with what was typed, from behind the current one on and around. */
export function findByTyping(
  entries: readonly FileEntry[],
  typed: string,
  current: number,
): FileEntry | undefined {
  const wanted = typed.toLowerCase();
  // A second letter narrows down where the first has led to; only a single one goes on to the next.
  const from = typed.length > 1 ? Math.max(current, 0) : current + 1;
  const around = [...entries.slice(from), ...entries.slice(0, from)];
  return around.find(({ name }) => name.toLowerCase().startsWith(wanted));
}
