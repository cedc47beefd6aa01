import { constants } from 'node:fs';
import type { Access } from './access.ts';
import { toEntryStats } from './entry-stats.ts';
import { errorCode, isForeignHardLink } from './file-errors.ts';
import type { Folder } from './folder.ts';
import { type LineMatcher, type LineQuery, lineMatcher, linesOf } from './line-matcher.ts';
import { ReadableFile } from './read-file.ts';
import { type SearchOptions, type SearchSummary, searchWithin } from './search-tree.ts';
import { joinNames } from './server-path.ts';
import { isHiddenName } from './temporary-name.ts';
import { visitTree } from './visit-tree.ts';
import { walkToFolder } from './walk.ts';

const newline = 0x0a;
// A longer line is searched in pieces of this, so that a file without lines needs no more memory than another.
const longestLineBytes = 256 * 1024;
const mostTextTold = 500;

export type ContentQuery = LineQuery;

export interface FoundLine {
  /** Below the folder that is searched. */
  path: Buffer;
  /** Counted from 1. */
  line: number;
  /** At most its first 500 characters. */
  text: string;
}

/** Files of the server only, and those only up to their first zero byte: what comes then is no text. */
export async function searchContents(
  access: Access,
  names: readonly Buffer[],
  query: ContentQuery,
  options: SearchOptions<FoundLine>,
): Promise<SearchSummary> {
  using place = await walkToFolder(access.root, names);
  await using matcher = lineMatcher(query);
  return await searchWithin(options, async (found, signal) => {
    await visitTree(
      place.folder,
      {
        folder: async () => {},
        entries: async (parent, candidates, way) => {
          for (const name of candidates) {
            signal.throwIfAborted();
            if (isHiddenName(name)) continue;
            await using file = await openIfReadable(access, parent, name);
            if (!file) continue;
            const path = joinNames([...way, name]);
            await searchFile(file, matcher, signal, (line, text) => found({ path, line, text }));
          }
        },
      },
      signal,
    );
  });
}

async function openIfReadable(
  access: Access,
  parent: Folder,
  name: Buffer,
): Promise<ReadableFile | undefined> {
  try {
    await using entry = await parent.pin(name);
    const { stats } = entry;
    const isOurs = entry.mount === parent.mount && !isForeignHardLink(stats, access.owner.uid);
    if (!stats.isFile() || !isOurs) return undefined;
    return new ReadableFile(await entry.openFile(constants.O_RDONLY), toEntryStats(stats));
  } catch (error) {
    if (['ENOENT', 'ESTALE', 'EACCES', 'EPERM', 'ENXIO'].includes(errorCode(error) ?? '')) return undefined;
    throw error;
  }
}

async function searchFile(
  file: ReadableFile,
  matcher: LineMatcher,
  signal: AbortSignal,
  found: (line: number, text: string) => Promise<void>,
): Promise<void> {
  let line = 1;
  let rest = Buffer.alloc(0);
  const search = async (block: Buffer) => {
    const text = block.toString('utf8');
    const matches = await matcher.match(text, signal);
    const lines = matches.length > 0 ? linesOf(text) : [];
    for (const index of matches) await found(line + index, (lines[index] ?? '').slice(0, mostTextTold));
    for (let at = block.indexOf(newline); at !== -1; at = block.indexOf(newline, at + 1)) line += 1;
  };
  for await (const chunk of file.chunks({ lengthBytes: file.stats.sizeBytes, signal })) {
    if (chunk.includes(0)) return;
    const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    const end = bytes.lastIndexOf(newline);
    // Without its newline, after which there would be one more line.
    if (end >= 0) {
      await search(bytes.subarray(0, end));
      line += 1;
    }
    rest = Buffer.from(bytes.subarray(end + 1));
    if (rest.length < longestLineBytes) continue;
    await search(rest);
    rest = Buffer.alloc(0);
  }
  if (rest.length > 0) await search(rest);
}
