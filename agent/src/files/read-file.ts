import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { AppError } from '@catalyst/shared/contract/errors';
import type { Access } from './access.ts';
import { type EntryStats, toEntryStats } from './entry-stats.ts';
import { errorCode, refuseForeignHardLink, refuseUnlessFile, systemError } from './file-errors.ts';
import { walkToTarget } from './walk.ts';

const readBytes = 256 * 1024;
const mostAttempts = 10;

interface ReadRange {
  offsetBytes?: number;
  /** To the end when left out. */
  lengthBytes?: number;
  /** Each piece is only good until the next is asked for. */
  isReused?: boolean;
  signal?: AbortSignal;
}

/** A regular file opened for reading. It stays readable when it is deleted or replaced meanwhile. */
export class ReadableFile implements AsyncDisposable {
  readonly stats: EntryStats;
  readonly #handle: FileHandle;

  constructor(handle: FileHandle, stats: EntryStats) {
    this.#handle = handle;
    this.stats = stats;
  }

  /** The bytes of a range in pieces of at most 256 KiB, fewer when the file ends before. May be called again. */
  async *chunks(range: ReadRange = {}): AsyncGenerator<Buffer, void> {
    const { offsetBytes = 0, lengthBytes, isReused = false, signal } = range;
    let position = checkedPosition(offsetBytes);
    let left = lengthBytes === undefined ? Number.POSITIVE_INFINITY : checkedPosition(lengthBytes);
    let memory: Buffer | undefined;
    while (left > 0) {
      signal?.throwIfAborted();
      const buffer = memory ?? Buffer.allocUnsafeSlow(Math.min(readBytes, left));
      if (isReused) memory = buffer;
      const { bytesRead } = await this.#handle.read(buffer, 0, Math.min(buffer.length, left), position);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
      position += bytesRead;
      left -= bytesRead;
    }
  }

  /** Reads what fits into the buffer; fewer bytes where the file ends. */
  read(into: Buffer, positionBytes: number): Promise<number> {
    return readFully(this.#handle, into, positionBytes);
  }

  /** Everything, if it is at most so many bytes; else throws `payload_too_large`. */
  async whole(maxBytes: number, signal?: AbortSignal): Promise<Buffer> {
    const tooLarge = new AppError('payload_too_large', `The file has more than ${maxBytes} bytes`);
    if (this.stats.sizeBytes > maxBytes) throw tooLarge;
    // One byte more than it should have, so that its end is seen without another read, and growth is noticed.
    let buffer = Buffer.allocUnsafeSlow(this.stats.sizeBytes + 1);
    let length = 0;
    while (true) {
      signal?.throwIfAborted();
      const { bytesRead } = await this.#handle.read(buffer, length, buffer.length - length, length);
      length += bytesRead;
      if (length > maxBytes) throw tooLarge;
      const isShort = length < buffer.length && length >= this.stats.sizeBytes;
      if (bytesRead === 0 || isShort) return buffer.subarray(0, length);
      if (length === buffer.length) {
        const more = Math.min(Math.max(buffer.length, 4096), maxBytes + 1 - length);
        buffer = Buffer.concat([buffer, Buffer.allocUnsafeSlow(more)]);
      }
    }
  }

  /** As it is now; `stats` are those of when it was opened. */
  async statNow(): Promise<EntryStats> {
    return toEntryStats(await this.#handle.stat());
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

export async function openForReading(access: Access, names: readonly Buffer[]): Promise<ReadableFile> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await openOnce(access, names);
    } catch (error) {
      // Replaced between look and open, where inodes cannot be held: then the new file is the one to read.
      if (errorCode(error) !== 'ESTALE' || attempt === mostAttempts) throw error;
    }
  }
}

async function openOnce(access: Access, names: readonly Buffer[]): Promise<ReadableFile> {
  await using target = await walkToTarget(access.root, names);
  const { entry, name } = target;
  if (!name) throw systemError('EISDIR');
  if (!entry) throw systemError('ENOENT');
  refuseUnlessFile(entry.stats);
  refuseForeignHardLink(entry.stats, access.owner.uid);
  return new ReadableFile(await entry.openFile(constants.O_RDONLY), toEntryStats(entry.stats));
}

/** The kernel may give fewer bytes than there are. */
export async function readFully(handle: FileHandle, into: Buffer, positionBytes: number): Promise<number> {
  const position = checkedPosition(positionBytes);
  let read = 0;
  while (read < into.length) {
    const { bytesRead } = await handle.read(into, read, into.length - read, position + read);
    if (bytesRead === 0) break;
    read += bytesRead;
  }
  return read;
}

function checkedPosition(bytes: number): number {
  if (!Number.isSafeInteger(bytes) || bytes < 0) {
    throw new AppError('bad_request', 'This is not a possible position in a file');
  }
  return bytes;
}
