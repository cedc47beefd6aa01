import { mkdir, rmdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { ArchiveFormat } from '@catalyst/shared/features/archives-link';
import { oneAtATime } from '../one-at-a-time.ts';
import { type Access, give, type Owner } from './access.ts';
import type { CreateArchiveOptions, CreatedArchive } from './archives/create-archive.ts';
import type { ExtractArchiveOptions } from './archives/extract-archive.ts';
import type { ListArchiveOptions, ListedArchive } from './archives/list-archive.ts';
import { openCheckedFolder } from './checked-folder.ts';
import { type Checksum, type ChecksumAlgorithm, checksumFile } from './checksum-file.ts';
import type { CopyOptions, CopyResult } from './copy-entry.ts';
import { deleteEmptyFolder, deleteFile } from './delete-one.ts';
import { type DeleteOptions, deleteEntry, emptyRoot } from './delete-tree.ts';
import { openDescriptorFolder } from './descriptor-folder.ts';
import { type DiskUsage, measureDiskUsage } from './disk-usage.ts';
import { type DirectoryEntry, type EntryStats, toEntryStats } from './entry-stats.ts';
import { errorCode, systemError, toFileError } from './file-errors.ts';
import { freeSpaceOf, type Space } from './free-space.ts';
import { removeLeftovers } from './leftovers.ts';
import { type MakeLinkOptions, makeLink, readLink } from './links.ts';
import { listFolder } from './list-folder.ts';
import { type ListedPage, type ListPageOptions, listPage } from './list-page.ts';
import { lookAt } from './look-at-all.ts';
import { type MakeFolderOptions, makeFolder } from './make-folder.ts';
import { type OpenForWritingOptions, openForWriting, type WritableFile } from './open-for-writing.ts';
import { changeMode, type OwnershipResult, type TakeOwnershipOptions, takeOwnership } from './ownership.ts';
import { putInPlace } from './put-in-place.ts';
import { Quota } from './quota.ts';
import { openForReading, type ReadableFile } from './read-file.ts';
import { type RenameOptions, renameEntry } from './rename-entry.ts';
import { replaceFile, type WriteOptions } from './replace-file.ts';
import type { ContentQuery, FoundLine } from './search-contents.ts';
import type { FoundName, NameQuery } from './search-names.ts';
import type { SearchOptions, SearchSummary } from './search-tree.ts';
import { type PathInput, parseLinkTarget, parsePath } from './server-path.ts';
import { ServerRoot } from './server-root.ts';
import { type EntryTimes, setTimes } from './set-times.ts';
import { truncateFile } from './truncate-file.ts';
import { walkToEntry, walkToTarget } from './walk.ts';
import type { ByteSource } from './write-chunks.ts';

interface ServerDirectoryOptions {
  /** Whom the files belong to, where the agent is root; its own user and group when left out. */
  uid?: number;
  gid?: number;
  /** Unlimited when left out. */
  quota?: Quota;
  /** What to do when there is no folder yet; refuse when left out. The folder above must be there. */
  ifMissing?: 'create' | 'refuse';
  /** How the folder is held; the best this platform has when left out. */
  strategy?: 'descriptors' | 'checked_paths';
}

/** Opens the one door to a server's folder. Throws `unavailable` when it is missing, a link or anything but a folder. */
export async function openServerDirectory(
  path: string,
  options: ServerDirectoryOptions = {},
): Promise<ServerDirectory> {
  const strategy = options.strategy ?? (process.platform === 'linux' ? 'descriptors' : 'checked_paths');
  const open = strategy === 'descriptors' ? openDescriptorFolder : openCheckedFolder;
  // Without a trailing slash, after which even O_NOFOLLOW follows.
  const rootPath = resolve(path);
  const owner = ownerFrom(options);
  if (options.ifMissing === 'create') await createRoot(rootPath, owner, open);
  const root = await ServerRoot.open(rootPath, open);
  return new ServerDirectory(root, owner, options.quota ?? new Quota());
}

/**
 * Everything the agent does with the files of a server. No path, link, race or hard link leads out of the folder;
 * links inside it work. Every method throws AppErrors for what a caller can cause: `bad_request` for paths that are
 * none or lead out, `not_found`, `conflict`, `invalid_input` for what is not a file or folder as needed, `forbidden`
 * for hard links to files of others, `quota_exceeded`, `disk_full`, and `unavailable` when the folder was replaced.
 */
export class ServerDirectory implements AsyncDisposable {
  readonly quota: Quota;
  readonly #root: ServerRoot;
  readonly #owner: Owner;
  readonly #temporaries = new Set<string>();
  readonly #oneAtATime = oneAtATime();

  constructor(root: ServerRoot, owner: Owner, quota: Quota) {
    this.#root = root;
    this.#owner = owner;
    this.quota = quota;
  }

  /** What has this name; a link is told as a link unless `links` says to follow it. */
  stat(path: PathInput, { links = 'tell' }: { links?: 'tell' | 'follow' } = {}): Promise<EntryStats> {
    return this.#run(path, async ({ root }, names) => {
      if (links === 'follow') {
        await using target = await walkToTarget(root, names);
        if (!target.name) return toEntryStats(await target.folder.stat());
        if (!target.entry) throw systemError('ENOENT');
        return toEntryStats(target.entry.stats);
      }
      using place = await walkToEntry(root, names);
      if (!place.name) return toEntryStats(await place.folder.stat());
      const stats = await lookAt(place.folder, place.name);
      if (!stats) throw systemError('ENOENT');
      return toEntryStats(stats);
    });
  }

  /** The entries of a folder in the disk's order, read as they are asked for; the folder is held until the loop ends. */
  async *list(path: PathInput, signal?: AbortSignal): AsyncGenerator<DirectoryEntry, void> {
    const names = parsePath(path, rules);
    try {
      using borrowed = await this.#root.borrow();
      yield* listFolder(borrowed.folder, names, signal);
    } catch (error) {
      throw toFileError(error);
    }
  }

  /** The entries of a folder sorted, a page at a time. */
  listPage(path: PathInput, options?: ListPageOptions): Promise<ListedPage> {
    return this.#run(path, ({ root }, names) => listPage(root, names, options));
  }

  /** A whole file; throws `payload_too_large` above `maxBytes`. */
  async read(path: PathInput, maxBytes: number, signal?: AbortSignal): Promise<Buffer> {
    await using file = await this.openForReading(path);
    return await file.whole(maxBytes, signal);
  }

  /** For ranges and streams. The caller closes it. */
  openForReading(path: PathInput): Promise<ReadableFile> {
    return this.#run(path, openForReading);
  }

  /** Replaces or makes a file as a whole; follows a link inside the folder and keeps it. */
  write(path: PathInput, source: ByteSource, options?: WriteOptions): Promise<EntryStats> {
    return this.#run(path, (access, names) => replaceFile(access, names, source, options));
  }

  /** Gives a file that is complete its name, replacing what is there as `write` does. */
  putInPlace(from: PathInput, to: PathInput): Promise<EntryStats> {
    return this.#run(from, (access, names) => putInPlace(access, names, parsePath(to, rules)));
  }

  /** For writing at positions and appending. The caller closes it. */
  openForWriting(path: PathInput, options?: OpenForWritingOptions): Promise<WritableFile> {
    return this.#run(path, (access, names) => openForWriting(access, names, options));
  }

  makeFolder(path: PathInput, options?: MakeFolderOptions): Promise<void> {
    return this.#run(path, (access, names) => makeFolder(access, names, options));
  }

  /** A file, a link or a whole tree; never the folder itself, never inside mounts. */
  delete(path: PathInput, options?: DeleteOptions): Promise<void> {
    return this.#run(path, (access, names) => deleteEntry(access, names, options));
  }

  /** A file or a link. It is left to the disk when that survives a power cut. */
  deleteFile(path: PathInput): Promise<void> {
    return this.#run(path, deleteFile);
  }

  /** As `deleteFile`. Throws `conflict` for a folder that is not empty. */
  deleteEmptyFolder(path: PathInput): Promise<void> {
    return this.#run(path, deleteEmptyFolder);
  }

  rename(from: PathInput, to: PathInput, options?: RenameOptions): Promise<void> {
    return this.#run(from, (access, names) => renameEntry(access, names, parsePath(to, rules), options));
  }

  /** A file, a link or a whole tree, which is there as a whole or not at all. What cannot be copied is told. */
  copy(from: PathInput, to: PathInput, options?: CopyOptions): Promise<CopyResult> {
    return this.#run(from, async (access, names) => {
      const { copyEntry } = await rare.copying();
      return copyEntry(access, names, parsePath(to, rules), options);
    });
  }

  /** What a link says it leads to, as it is: it may lead anywhere, but is never followed out of the folder. */
  readLink(path: PathInput): Promise<Buffer> {
    return this.#run(path, ({ root }, names) => readLink(root, names));
  }

  /** A link to something inside, there or not. A leading slash means the server's folder; refused when it leads out. */
  makeLink(path: PathInput, target: PathInput, options?: MakeLinkOptions): Promise<void> {
    return this.#run(path, (access, names) => makeLink(access, names, parseLinkTarget(target), options));
  }

  /** Gives an entry to the server's user; nobody else can be asked for. */
  takeOwnership(path: PathInput, options?: TakeOwnershipOptions): Promise<OwnershipResult> {
    return this.#run(path, (access, names) => takeOwnership(access, names, options));
  }

  /** Permission bits; setuid, setgid and sticky are dropped. */
  chmod(path: PathInput, mode: number): Promise<void> {
    return this.#run(path, (access, names) => changeMode(access, names, mode));
  }

  /** Of what a link leads to; a time that is left out stays as it is. */
  setTimes(path: PathInput, times: EntryTimes): Promise<void> {
    return this.#run(path, (access, names) => setTimes(access, names, times));
  }

  /** Cuts a file shorter, for good; throws `invalid_input` when it would become longer. */
  truncate(path: PathInput, sizeBytes: number): Promise<void> {
    return this.#run(path, (access, names) => truncateFile(access, names, sizeBytes));
  }

  /** Of the file's contents as they are read; `signal` ends that. */
  checksum(path: PathInput, algorithm: ChecksumAlgorithm, signal?: AbortSignal): Promise<Checksum> {
    return this.#run(path, (access, names) => checksumFile(access, names, algorithm, signal));
  }

  /** What is called so in a folder and all below it, told as it is found. */
  searchNames(path: PathInput, query: NameQuery, options: SearchOptions<FoundName>): Promise<SearchSummary> {
    return this.#run(path, async ({ root }, names) => {
      const { searchNames } = await rare.searchingNames();
      return searchNames(root, names, query, options);
    });
  }

  /** The lines in which a text or a regular expression is found; links, and what is no text, are left out. */
  searchContents(
    path: PathInput,
    query: ContentQuery,
    options: SearchOptions<FoundLine>,
  ): Promise<SearchSummary> {
    return this.#run(path, async (access, names) => {
      const { searchContents } = await rare.searchingContents();
      return searchContents(access, names, query, options);
    });
  }

  /** Packs entries of a folder into a file, which is there as a whole or not at all. */
  createArchive(
    folder: PathInput,
    entries: readonly Buffer[],
    to: PathInput,
    options: CreateArchiveOptions,
  ): Promise<CreatedArchive> {
    return this.#run(folder, async (access, names) => {
      const { createArchive } = await rare.creatingArchives();
      return createArchive(access, names, entries, parsePath(to, rules), options);
    });
  }

  /** Unpacks a file into a folder, as a whole or not at all. */
  extractArchive(path: PathInput, to: PathInput, options?: ExtractArchiveOptions): Promise<void> {
    return this.#run(path, async (access, names) => {
      const { extractArchive } = await rare.extractingArchives();
      return extractArchive(access, names, parsePath(to, rules), options);
    });
  }

  listArchive(path: PathInput, options: ListArchiveOptions): Promise<ListedArchive> {
    return this.#run(path, async (access, names) => {
      const { listArchive } = await rare.listingArchives();
      return listArchive(access, names, options);
    });
  }

  /** An archive of entries of a folder, or of all that is in it, as it is read; the folder is held until the loop ends. */
  async *streamArchive(
    folder: PathInput,
    entries: readonly Buffer[],
    format: ArchiveFormat,
  ): AsyncGenerator<Buffer, void> {
    const names = parsePath(folder, rules);
    try {
      using borrowed = await this.#root.borrow();
      const { streamArchive } = await rare.streamingArchives();
      yield* streamArchive(this.#accessTo(borrowed.folder), names, entries, format);
    } catch (error) {
      throw toFileError(error);
    }
  }

  diskUsage(path: PathInput, signal?: AbortSignal): Promise<DiskUsage> {
    return this.#run(path, ({ root }, names) => measureDiskUsage(root, names, signal));
  }

  freeSpace(): Promise<Space> {
    return this.#run('', () => freeSpaceOf(this.#root.path, this.quota));
  }

  /** Measures everything and corrects the quota's count by it: the game writes, too. */
  recount(signal?: AbortSignal): Promise<DiskUsage> {
    return this.#run('', async ({ root, quota }) => {
      const scan = quota.beginScan();
      const usage = await measureDiskUsage(root, [], signal);
      scan.finish(usage.allocatedBytes);
      return usage;
    });
  }

  /** What killed writes left behind; returns how many files that were. */
  removeLeftovers(signal?: AbortSignal): Promise<number> {
    return this.#run('', (access) => removeLeftovers(access, signal));
  }

  /** Everything in the folder; the folder stays. */
  empty(signal?: AbortSignal): Promise<void> {
    return this.#run('', (access) => emptyRoot(access, signal));
  }

  /** The folder itself with everything in it, for good: only for deleting the server. */
  async destroy(signal?: AbortSignal): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      await this.empty(signal);
      try {
        await rmdir(this.#root.path);
        break;
      } catch (error) {
        // Something was made in it since it was emptied.
        if (errorCode(error) !== 'ENOTEMPTY' || attempt === 5) throw toFileError(error);
      }
    }
    await this.close();
  }

  /** After the folder was deliberately replaced (a restore): takes up the one that is there now. */
  reopen(): Promise<void> {
    return this.#root.reopen();
  }

  /** Waits for operations under way; files opened for reading or writing stay open. */
  close(): Promise<void> {
    return this.#root.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #run<T>(path: PathInput, work: (access: Access, names: Buffer[]) => Promise<T>): Promise<T> {
    const names = parsePath(path, rules);
    try {
      using borrowed = await this.#root.borrow();
      return await work(this.#accessTo(borrowed.folder), names);
    } catch (error) {
      throw toFileError(error);
    }
  }

  #accessTo(root: Access['root']): Access {
    return {
      root,
      owner: this.#owner,
      quota: this.quota,
      temporaries: this.#temporaries,
      oneAtATime: this.#oneAtATime,
    };
  }
}

/** Read when they are first wanted: what an agent never does should take none of its memory. */
const rare = {
  copying: () => import('./copy-entry.ts'),
  creatingArchives: () => import('./archives/create-archive.ts'),
  extractingArchives: () => import('./archives/extract-archive.ts'),
  listingArchives: () => import('./archives/list-archive.ts'),
  streamingArchives: () => import('./archives/stream-archive.ts'),
  searchingNames: () => import('./search-names.ts'),
  searchingContents: () => import('./search-contents.ts'),
};

const rules = { windowsNames: process.platform === 'win32' };

function ownerFrom(options: ServerDirectoryOptions): Owner {
  const ownUid = process.getuid?.();
  const ownGid = process.getgid?.();
  const uid = options.uid ?? ownUid;
  const gid = options.gid ?? ownGid;
  return { uid, gid, mustBeGiven: ownUid !== undefined && (uid !== ownUid || gid !== ownGid) };
}

async function createRoot(path: string, owner: Owner, open: typeof openDescriptorFolder): Promise<void> {
  try {
    await mkdir(path, 0o750);
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return;
    throw toFileError(error);
  }
  using folder = await open(path);
  await give(folder, owner);
}
