import { constants, type Stats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { AppError } from '@catalyst/shared/contract/errors';
import { oneAtATime } from '../one-at-a-time.ts';
import { type Access, give } from './access.ts';
import { allocatedBytesOf, type EntryStats, toEntryStats } from './entry-stats.ts';
import { refuseForeignHardLink, refuseUnlessFile, systemError, toFileError } from './file-errors.ts';
import type { Folder, PinnedEntry } from './folder.ts';
import { chunkBytes, type Quota } from './quota.ts';
import { readFully } from './read-file.ts';
import { walkToTarget } from './walk.ts';
import { writeFully } from './write-chunks.ts';

/**
 * A file written in place, for protocols that write at positions and for appending. It never gets holes: nothing is
 * written past its end, or a short way past it with zeros between, which are counted. Calls run one after the other, in
 * the order they were made.
 */
export class WritableFile implements AsyncDisposable {
  /** Whether it was made by opening it. */
  readonly isNew: boolean;
  readonly #handle: FileHandle;
  readonly #quota: Quota;
  readonly #mostGapBytes: number;
  readonly #queue = oneAtATime();
  #isClosed = false;

  constructor(handle: FileHandle, quota: Quota, { isNew = false, mostGapBytes = 0 } = {}) {
    this.#handle = handle;
    this.#quota = quota;
    this.isNew = isNew;
    this.#mostGapBytes = mostGapBytes;
  }

  stat(): Promise<EntryStats> {
    return this.#inOrder(async () => toEntryStats(await this.#handle.stat()));
  }

  /** Reads what fits into the buffer, after what was written before; fewer bytes where the file ends. */
  read(into: Buffer, positionBytes: number): Promise<number> {
    return this.#inOrder(() => readFully(this.#handle, into, positionBytes));
  }

  /** Throws `invalid_input` for a position too far past the end, `quota_exceeded` before anything of a chunk is written. */
  write(data: Uint8Array, positionBytes: number): Promise<void> {
    return this.#inOrder(async () => this.#writeAt(data, positionBytes, await this.#handle.stat()));
  }

  append(data: Uint8Array): Promise<void> {
    return this.#inOrder(async () => {
      const stats = await this.#handle.stat();
      await this.#writeAt(data, stats.size, stats);
    });
  }

  /** Throws `invalid_input` when the file would become longer, by more than a gap may be. */
  truncate(sizeBytes: number): Promise<void> {
    return this.#inOrder(async () => {
      const before = await this.#handle.stat();
      const gapBytes = sizeBytes - before.size;
      if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0 || gapBytes > this.#mostGapBytes) {
        throw new AppError('invalid_input', 'A file can only be cut shorter');
      }
      if (gapBytes > 0) {
        await this.#put(Buffer.alloc(gapBytes), before.size, allocatedBytesOf(before));
        return;
      }
      await this.#handle.truncate(sizeBytes);
      const after = await this.#handle.stat();
      this.#quota.release(Math.max(0, allocatedBytesOf(before) - allocatedBytesOf(after)));
    });
  }

  /** The permission bits; setuid, setgid and sticky are dropped. */
  chmod(mode: number): Promise<void> {
    return this.#inOrder(() => this.#handle.chmod(mode & 0o777));
  }

  setTimes(accessedAt: Date, modifiedAt: Date): Promise<void> {
    return this.#inOrder(() => this.#handle.utimes(accessedAt, modifiedAt));
  }

  /** Makes everything written so far survive a power cut. */
  sync(): Promise<void> {
    return this.#inOrder(() => this.#handle.sync());
  }

  close(): Promise<void> {
    return this.#inOrder(async () => {
      if (this.#isClosed) return;
      this.#isClosed = true;
      await this.#handle.close();
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #inOrder<T>(work: () => Promise<T>): Promise<T> {
    return this.#queue(work).catch((error: unknown) => {
      throw toFileError(error);
    });
  }

  async #writeAt(data: Uint8Array, positionBytes: number, stats: Stats): Promise<void> {
    const gapBytes = positionBytes - stats.size;
    if (!Number.isSafeInteger(positionBytes) || positionBytes < 0 || gapBytes > this.#mostGapBytes) {
      throw new AppError('invalid_input', 'Writing past the end of the file would leave a hole in it');
    }
    let before = allocatedBytesOf(stats);
    if (gapBytes > 0) before = await this.#put(Buffer.alloc(gapBytes), stats.size, before);
    await this.#put(data, positionBytes, before);
  }

  /** Returns what the file takes on the disk after it; `allocatedBytes` is what it took before. */
  async #put(data: Uint8Array, positionBytes: number, allocatedBytes: number): Promise<number> {
    let before = allocatedBytes;
    for (let start = 0; start < data.length; start += chunkBytes) {
      const chunk = data.subarray(start, start + chunkBytes);
      // Of a chunk that overwrites, too: it may fill a hole that the game left.
      using reservation = this.#quota.reserve(chunk.length);
      try {
        await writeFully(this.#handle, chunk, positionBytes + start);
      } finally {
        const after = allocatedBytesOf(await this.#handle.stat());
        reservation.settle(after - before);
        before = after;
      }
    }
    return before;
  }
}

export interface OpenForWritingOptions {
  /** What to do when there is no such file; refuse when left out. */
  ifMissing?: 'create' | 'refuse';
  /** What to do when there is one; open it when left out. */
  ifExists?: 'open' | 'refuse';
  /** For reading, too. */
  isReadable?: boolean;
  /** Of a new file; 0644 when left out. */
  mode?: number;
  /** How far past its end it may be written at once; not at all when left out. */
  mostGapBytes?: number;
  /** False leaves it to the disk when a new file's name survives a power cut. */
  isDurable?: boolean;
}

export async function openForWriting(
  access: Access,
  names: readonly Buffer[],
  options: OpenForWritingOptions = {},
): Promise<WritableFile> {
  const { ifMissing = 'refuse', ifExists = 'open', isReadable = false, mostGapBytes } = options;
  await using target = await walkToTarget(access.root, names);
  const { folder, name, entry } = target;
  if (!name) throw systemError('EISDIR');
  if (entry) {
    if (ifExists === 'refuse') throw systemError('EEXIST');
    const flags = isReadable ? constants.O_RDWR : constants.O_WRONLY;
    return new WritableFile(await openExisting(access, entry, flags), access.quota, { mostGapBytes });
  }
  if (ifMissing === 'refuse') throw systemError('ENOENT');
  const handle = await createFile(access, folder, name, options);
  return new WritableFile(handle, access.quota, { mostGapBytes, isNew: true });
}

async function openExisting(access: Access, entry: PinnedEntry, flags: number): Promise<FileHandle> {
  refuseUnlessFile(entry.stats);
  refuseForeignHardLink(entry.stats, access.owner.uid);
  return entry.openFile(flags);
}

async function createFile(
  access: Access,
  folder: Folder,
  name: Buffer,
  { mode = 0o644, isDurable = true }: OpenForWritingOptions,
): Promise<FileHandle> {
  const handle = await folder.createFile(name);
  try {
    await give(handle, access.owner);
    await handle.chmod(mode & 0o777);
    if (isDurable) await folder.sync();
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}
