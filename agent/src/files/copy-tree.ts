import { constants } from 'node:fs';
import { mkdir, rmdir, unlink } from 'node:fs/promises';
import { AppError } from '@catalyst/shared/contract/errors';
import { type Access, give } from './access.ts';
import { allocatedBytesOf, toEntryStats } from './entry-stats.ts';
import {
  errorCode,
  isForeignHardLink,
  refuseForeignHardLink,
  refuseUnlessFile,
  systemError,
} from './file-errors.ts';
import type { Folder, PinnedEntry } from './folder.ts';
import { createLink, refuseUnlessInside } from './links.ts';
import { newFolderBytes } from './make-folder.ts';
import { ReadableFile } from './read-file.ts';
import { joinNames, splitAtSlashes } from './server-path.ts';
import { isHiddenName } from './temporary-name.ts';
import { leadsOutside } from './walk.ts';
import { writeSource } from './write-chunks.ts';

// Four descriptors each.
const mostLevels = 100;
const mostSkippedTold = 100;

export interface CopyProgress {
  copiedBytes: number;
  copiedEntries: number;
}

export interface SkippedEntry {
  /** Below what is copied. */
  path: Buffer;
  reason: 'not_a_file' | 'leads_outside' | 'foreign_hard_link' | 'mount';
}

interface CopyRules {
  isDurable: boolean;
  signal: AbortSignal | undefined;
  onProgress: (progress: CopyProgress) => void;
}

interface Source {
  folder: Folder;
  name: Buffer;
}

interface Destination extends Source {
  /** The names from the root to the folder, by which is seen where links lead. */
  way: readonly Buffer[];
}

/** Copies one entry after the other, each by the inode it took hold of. */
export class TreeCopy {
  readonly #access: Access;
  readonly #rules: CopyRules;
  readonly #progress = { copiedBytes: 0, copiedEntries: 0 };
  readonly #skipped: SkippedEntry[] = [];
  #skippedCount = 0;
  /** The copy itself, should it be moved into what is being copied. */
  #made: { dev: number; ino: number } | undefined;

  constructor(access: Access, rules: CopyRules) {
    this.#access = access;
    this.#rules = rules;
  }

  result(): CopyProgress & { skipped: SkippedEntry[]; skippedCount: number } {
    return { ...this.#progress, skipped: this.#skipped, skippedCount: this.#skippedCount };
  }

  /** Throws where a tree would skip. */
  async entry(source: Source, destination: Destination): Promise<void> {
    await using entry = await source.folder.pin(source.name);
    const { stats } = entry;
    if (entry.mount !== source.folder.mount) throw systemError('EBUSY');
    if (stats.isDirectory()) {
      using folder = await source.folder.enter(source.name);
      if (folder.mount !== source.folder.mount) throw systemError('EBUSY');
      await this.#folder(folder, destination, []);
    } else if (stats.isSymbolicLink()) {
      if (!(await this.#link(await source.folder.readLink(source.name), destination))) throw leadsOutside();
    } else {
      refuseUnlessFile(stats);
      refuseForeignHardLink(stats, this.#access.owner.uid);
      await this.#file(entry, destination);
    }
  }

  /** What vanished meanwhile is no part of the tree any more. */
  async #below(source: Source, destination: Destination, path: readonly Buffer[]): Promise<void> {
    this.#rules.signal?.throwIfAborted();
    await using entry = await source.folder.pin(source.name).catch(undefinedIfGone);
    if (!entry) return;
    const { stats } = entry;
    if (entry.mount !== source.folder.mount) this.#skip(path, 'mount');
    else if (stats.isDirectory()) {
      using folder = await source.folder.enter(source.name).catch(undefinedIfGone);
      if (!folder) return;
      if (folder.mount !== source.folder.mount) this.#skip(path, 'mount');
      else await this.#folder(folder, destination, path);
    } else if (stats.isSymbolicLink()) {
      const text = await source.folder.readLink(source.name).catch(undefinedIfGone);
      if (text && !(await this.#link(text, destination))) this.#skip(path, 'leads_outside');
    } else if (!stats.isFile()) this.#skip(path, 'not_a_file');
    else if (isForeignHardLink(stats, this.#access.owner.uid)) this.#skip(path, 'foreign_hard_link');
    else await this.#file(entry, destination);
  }

  async #folder(folder: Folder, destination: Destination, path: readonly Buffer[]): Promise<void> {
    if (path.length >= mostLevels) {
      throw new AppError('limit_reached', 'Too many folders are nested in each other to be copied');
    }
    const stats = await folder.stat();
    if (this.#made?.ino === stats.ino && this.#made.dev === stats.dev) return;
    using made = await this.#makeFolder(destination);
    const way = [...destination.way, destination.name];
    for await (const batch of folder.entries()) {
      for (const { name } of batch) {
        // Half of a file that is being written.
        if (isHiddenName(name)) continue;
        await this.#below({ folder, name }, { folder: made, name, way }, [...path, name]);
      }
    }
    await give(made, this.#access.owner);
    await made.chmod(stats.mode & 0o777);
    if (this.#rules.isDurable) await made.sync();
    this.#countEntry();
  }

  /** Closed to the game until it is complete. */
  async #makeFolder({ folder, name }: Destination): Promise<Folder> {
    using reservation = this.#access.quota.reserve(newFolderBytes);
    await folder.at(name, (path) => mkdir(path, 0o700));
    const made = await folder.enter(name);
    try {
      const stats = await made.stat();
      const { owner } = this.#access;
      const isOurs = !owner.mustBeGiven || stats.uid === process.getuid?.();
      if (!isOurs || made.mount !== folder.mount) {
        throw new AppError('conflict', 'The copy was replaced while it was being made; try again');
      }
      this.#made ??= stats;
      reservation.settle(allocatedBytesOf(stats));
      return made;
    } catch (error) {
      made[Symbol.dispose]();
      await folder.at(name, (path) => rmdir(path)).catch(() => {});
      throw error;
    }
  }

  async #file(entry: PinnedEntry, { folder, name }: Destination): Promise<void> {
    const { isDurable, signal } = this.#rules;
    const { stats } = entry;
    await using reader = new ReadableFile(await entry.openFile(constants.O_RDONLY), toEntryStats(stats));
    using reservation = this.#access.quota.reserve(0);
    await using handle = await folder.createFile(name);
    try {
      // To the length it had, else a log that grows as fast as it is read would never end.
      const chunks = reader.chunks({ lengthBytes: stats.size, ...(signal && { signal }) });
      await writeSource(handle, this.#counted(chunks), reservation, signal);
      await give(handle, this.#access.owner);
      await handle.chmod(stats.mode & 0o777);
      if (isDurable) await handle.sync();
      const written = await handle.stat();
      reservation.settle(Math.max(allocatedBytesOf(written), written.size));
    } catch (error) {
      await folder.at(name, (path) => unlink(path)).catch(() => {});
      throw error;
    }
    this.#countEntry();
  }

  /** False when it would lead out from its new place. */
  async #link(text: Buffer, { folder, name, way }: Destination): Promise<boolean> {
    if (text[0] === 0x2f) return false;
    const target = splitAtSlashes(text).filter((part) => part.length > 0);
    try {
      await refuseUnlessInside(this.#access.root, way, target);
    } catch (error) {
      if (error instanceof AppError || errorCode(error) === 'ELOOP') return false;
      throw error;
    }
    await createLink(this.#access, folder, name, text);
    this.#countEntry();
    return true;
  }

  async *#counted(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
    for await (const chunk of chunks) {
      yield chunk;
      this.#progress.copiedBytes += chunk.length;
      this.#rules.onProgress({ ...this.#progress });
    }
  }

  #countEntry(): void {
    this.#progress.copiedEntries += 1;
    this.#rules.onProgress({ ...this.#progress });
  }

  #skip(path: readonly Buffer[], reason: SkippedEntry['reason']): void {
    this.#skippedCount += 1;
    if (this.#skipped.length >= mostSkippedTold) return;
    this.#skipped.push({ path: joinNames(path), reason });
  }
}

function undefinedIfGone(error: unknown): undefined {
  if (!['ENOENT', 'ENOTDIR', 'ELOOP', 'EINVAL', 'ESTALE'].includes(errorCode(error) ?? '')) throw error;
}
