import { constants, type Stats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { AppError } from '@catalyst/shared/contract/errors';
import { oneAtATime } from '../one-at-a-time.ts';
import { type Access, give } from './access.ts';
import { allocatedBytesOf, type EntryStats, toEntryStats } from './entry-stats.ts';
import { refuseForeignHardLink, refuseUnlessFile, systemError, toFileError } from './file-errors.ts';
import type { Folder, PinnedEntry } from './folder.ts';
import { chunkBytes, type Quota } from './quota.ts';
import { walkToTarget } from './walk.ts';
import { writeFully } from './write-chunks.ts';

/**
 * A file written in place, for protocols that write at positions and for appending. It never gets holes: nothing is
 * written past its end and it is only cut shorter. Calls run one after the other, in the order they were made.
 */
export class WritableFile implements AsyncDisposable {
  readonly #handle: FileHandle;
  readonly #quota: Quota;
  readonly #queue = oneAtATime();
  #isClosed = false;

  constructor(handle: FileHandle, quota: Quota) {
    this.#handle = handle;
    this.#quota = quota;
  }

  stat(): Promise<EntryStats> {
    return this.#inOrder(async () => toEntryStats(await this.#handle.stat()));
  }

  /** Throws `invalid_input` for a position past the end, `quota_exceeded` before anything of a chunk is written. */
  write(data: Uint8Array, positionBytes: number): Promise<void> {
    return this.#inOrder(async () => this.#writeAt(data, positionBytes, await this.#handle.stat()));
  }

  append(data: Uint8Array): Promise<void> {
    return this.#inOrder(async () => {
      const stats = await this.#handle.stat();
      await this.#writeAt(data, stats.size, stats);
    });
  }

  /** Throws `invalid_input` when the file would become longer. */
  truncate(sizeBytes: number): Promise<void> {
    return this.#inOrder(async () => {
      const before = await this.#handle.stat();
      if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0 || sizeBytes > before.size) {
        throw new AppError('invalid_input', 'A file can only be cut shorter');
      }
      await this.#handle.truncate(sizeBytes);
      const after = await this.#handle.stat();
      this.#quota.release(Math.max(0, allocatedBytesOf(before) - allocatedBytesOf(after)));
    });
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
    if (!Number.isSafeInteger(positionBytes) || positionBytes < 0 || positionBytes > stats.size) {
      throw new AppError('invalid_input', 'Writing past the end of the file would leave a hole in it');
    }
    let before = allocatedBytesOf(stats);
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
  }
}

export interface OpenForWritingOptions {
  /** What to do when there is no such file; refuse when left out. */
  ifMissing?: 'create' | 'refuse';
}

export async function openForWriting(
  access: Access,
  names: readonly Buffer[],
  { ifMissing = 'refuse' }: OpenForWritingOptions = {},
): Promise<WritableFile> {
  await using target = await walkToTarget(access.root, names);
  const { folder, name, entry } = target;
  if (!name) throw systemError('EISDIR');
  if (entry) return new WritableFile(await openExisting(access, entry), access.quota);
  if (ifMissing === 'refuse') throw systemError('ENOENT');
  return new WritableFile(await createFile(access, folder, name), access.quota);
}

async function openExisting(access: Access, entry: PinnedEntry): Promise<FileHandle> {
  refuseUnlessFile(entry.stats);
  refuseForeignHardLink(entry.stats, access.owner.uid);
  return entry.openFile(constants.O_WRONLY);
}

async function createFile(access: Access, folder: Folder, name: Buffer): Promise<FileHandle> {
  const handle = await folder.createFile(name);
  try {
    await give(handle, access.owner);
    await handle.chmod(0o644);
    await folder.sync();
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}
