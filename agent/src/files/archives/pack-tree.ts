import { constants } from 'node:fs';
import { AppError } from '@catalyst/shared/contract/errors';
import type { Access } from '../access.ts';
import { toEntryStats } from '../entry-stats.ts';
import { errorCode, isForeignHardLink, systemError } from '../file-errors.ts';
import type { Folder } from '../folder.ts';
import { refuseUnlessInside } from '../links.ts';
import { lookAt } from '../look-at-all.ts';
import { ReadableFile } from '../read-file.ts';
import { joinNames, splitAtSlashes } from '../server-path.ts';
import { isHiddenName } from '../temporary-name.ts';
import { visitTree } from '../visit-tree.ts';
import { isPlainTarget, shown, smallFileBytes } from './archive-entry.ts';
import { mostEntries } from './archive-limits.ts';
import type { ArchiveProgress } from './archive-progress.ts';
import type { Packer } from './packer.ts';
import { lookAtEntries, SmallFiles } from './small-files.ts';
import type { ReadResult, SmallStats } from './small-files-worker.ts';

interface PackOptions {
  /** Not packed into itself. */
  except?: Buffer | undefined;
  /** So that what is packed can also be unpacked here. */
  isLimited: boolean;
  progress: ArchiveProgress;
  signal: AbortSignal | undefined;
}

interface Found {
  path: Buffer;
  stats: SmallStats;
  /** Of a link. */
  text?: Buffer;
  /** Of a small file. */
  content?: Buffer;
  /** Of another: held until it is packed. */
  file?: ReadableFile;
}

/** Packs entries of one folder with all that is in them, each by the inode it took hold of. */
export class TreePacking {
  readonly #access: Access;
  readonly #packer: Packer;
  readonly #options: PackOptions;
  readonly #smallFiles = SmallFiles.open();
  #reading: Promise<Found[]> = Promise.resolve([]);
  #entries = 0;
  /** FIFOs, sockets, devices, mounts, links that lead out, and hard links to files of others. */
  skippedCount = 0;

  constructor(access: Access, packer: Packer, options: PackOptions) {
    this.#access = access;
    this.#packer = packer;
    this.#options = options;
  }

  /**
   * Without names all that is in the folder. `way` are the names from the server's folder to this one. Throws `not_found`
   * when one of the entries is missing.
   */
  async pack(folder: Folder, way: readonly Buffer[], names: readonly Buffer[]): Promise<void> {
    try {
      await this.#packAll(folder, way, names);
      await this.#addAll(this.#reading);
      await this.#packer.end();
    } finally {
      await this.#reading.then(closeAll, () => {});
      await this.#smallFiles[Symbol.asyncDispose]();
    }
  }

  async #packAll(folder: Folder, way: readonly Buffer[], names: readonly Buffer[]): Promise<void> {
    if (names.length === 0) await this.#tree(folder, way, []);
    for (const name of names) {
      const stats = await lookAt(folder, name);
      if (!stats) throw systemError('ENOENT');
      if (!stats.isDirectory()) await this.#batch(folder, way, [], [name]);
      else {
        using child = await folder.enter(name);
        if (child.mount !== folder.mount) throw systemError('EBUSY');
        await this.#tree(child, [...way, name], [name]);
      }
    }
  }

  async #tree(start: Folder, way: readonly Buffer[], above: readonly Buffer[]): Promise<void> {
    const mounts = await visitTree(
      start,
      {
        folder: async (folder, below) => {
          const path = [...above, ...below];
          if (path.length === 0) return;
          this.#count();
          await this.#packer.folder(joinNames(path), await folder.stat());
        },
        enters: async (_parent, name) => !isHiddenName(name),
        entries: (parent, names, below) =>
          this.#batch(parent, [...way, ...below], [...above, ...below], names),
      },
      this.#options.signal,
    );
    this.skippedCount += mounts;
  }

  /** The next entries are read while those before are packed. */
  async #batch(
    parent: Folder,
    way: readonly Buffer[],
    above: readonly Buffer[],
    names: readonly Buffer[],
  ): Promise<void> {
    let left = names.filter((name) => !isHiddenName(name) && !this.#isItself([...way, name]));
    while (left.length > 0) {
      const reading = this.#read(parent, way, above, left);
      const previous = this.#reading;
      this.#reading = reading.then(({ found }) => found);
      // Told when its turn comes.
      this.#reading.catch(() => {});
      await this.#addAll(previous);
      // The folder is held no longer than this.
      left = left.slice((await reading).readCount);
    }
  }

  async #addAll(reading: Promise<Found[]>): Promise<void> {
    const found = await reading;
    try {
      for (const entry of found) {
        this.#options.signal?.throwIfAborted();
        await this.#add(entry);
      }
    } finally {
      await closeAll(found);
    }
  }

  async #read(
    parent: Folder,
    way: readonly Buffer[],
    above: readonly Buffer[],
    names: readonly Buffer[],
  ): Promise<{ found: Found[]; readCount: number }> {
    const wanted = { mostBytes: smallFileBytes, uid: this.#access.owner.uid };
    const seen = await lookAtEntries(this.#smallFiles, parent, names, wanted);
    const reading = seen.map(async (entry, index) => {
      const name = names[index] as Buffer;
      const found = await this.#find(parent, way, name, entry);
      return found ? [{ ...found, path: joinNames([...above, name]) }] : [];
    });
    const results = await Promise.allSettled(reading);
    const found = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
    const failed = results.find((result) => result.status === 'rejected');
    if (!failed) return { found, readCount: seen.length };
    await closeAll(found);
    throw failed.reason;
  }

  async #add({ path, stats, text, content, file }: Found): Promise<void> {
    const { progress } = this.#options;
    this.#count();
    if (text) await this.#packer.link(path, stats, text);
    else if (content) await this.#packer.file(path, stats, content.length, content);
    else if (file) await this.#packer.file(path, stats, stats.size, this.#wholeOf(path, file, stats.size));
    if (content) progress.addBytes(content.length);
    progress.addEntry();
  }

  /** Undefined for what is skipped, or gone by now. */
  async #find(
    parent: Folder,
    way: readonly Buffer[],
    name: Buffer,
    seen: ReadResult,
  ): Promise<Omit<Found, 'path'> | undefined> {
    if (!seen) return undefined;
    const { stats, isForeign, content } = seen;
    if (content) return { stats, content: Buffer.from(content.buffer, content.byteOffset, content.length) };
    const type = stats.mode & constants.S_IFMT;
    if (type === constants.S_IFLNK) {
      const text = await parent.readLink(name).catch(undefinedIfGone);
      if (text && isPlainTarget(text, way.length) && (await this.#leadsInside(way, text)))
        return { stats, text };
    } else if (type === constants.S_IFREG && !isForeign) return this.#open(parent, name);
    this.skippedCount += 1;
    return undefined;
  }

  /** It may be another one by now: what counts is what is opened. */
  async #open(parent: Folder, name: Buffer): Promise<Omit<Found, 'path'> | undefined> {
    await using entry = await parent.pin(name).catch(undefinedIfGone);
    if (!entry?.stats.isFile() || isForeignHardLink(entry.stats, this.#access.owner.uid)) return undefined;
    const { stats } = entry;
    return { stats, file: new ReadableFile(await entry.openFile(constants.O_RDONLY), toEntryStats(stats)) };
  }

  /** To the length it had, else a log that grows as fast as it is read would never end. */
  async *#wholeOf(path: Buffer, file: ReadableFile, sizeBytes: number): AsyncGenerator<Buffer, void> {
    const { signal, progress } = this.#options;
    let left = sizeBytes;
    for await (const chunk of file.chunks({ lengthBytes: sizeBytes, ...(signal && { signal }) })) {
      left -= chunk.length;
      progress.addBytes(chunk.length);
      yield chunk;
    }
    if (left === 0) return;
    throw new AppError('conflict', `The file ${shown(path)} became shorter while it was packed; try again`);
  }

  async #leadsInside(way: readonly Buffer[], text: Buffer): Promise<boolean> {
    const target = splitAtSlashes(text).filter((part) => part.length > 0);
    try {
      await refuseUnlessInside(this.#access.root, way, target);
      return true;
    } catch (error) {
      if (error instanceof AppError || errorCode(error) === 'ELOOP') return false;
      throw error;
    }
  }

  #isItself(path: readonly Buffer[]): boolean {
    return this.#options.except?.equals(joinNames(path)) ?? false;
  }

  #count(): void {
    this.#entries += 1;
    if (this.#options.isLimited && this.#entries > mostEntries) {
      throw new AppError('invalid_input', `An archive holds at most ${mostEntries} files and folders`);
    }
  }
}

function undefinedIfGone(error: unknown): undefined {
  if (!['ENOENT', 'ENOTDIR', 'ELOOP', 'EINVAL', 'ESTALE'].includes(errorCode(error) ?? '')) throw error;
}

/** Twice does no harm. */
async function closeAll(found: Found[]): Promise<void> {
  await Promise.all(found.map(({ file }) => file?.close()));
}
