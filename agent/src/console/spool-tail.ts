import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { type CutLines, cutLines } from './cut-lines.ts';

interface TailSlice extends CutLines {
  /** It stopped before the end of the file. */
  hasMore: boolean;
}

/** One turn of reading: long enough for any line, short enough that other servers do not wait. */
const SLICE_BYTES = 128 * 1024;
// One for all: a slice is read and cut into strings in one go, and what it does not finish is read again.
const slice = Buffer.allocUnsafeSlow(SLICE_BYTES);
const blankSlice = Buffer.alloc(SLICE_BYTES);

/** So much of nothing costs as little as a slice of lines. */
const BLANK_TURN_BYTES = 8 * 1024 * 1024;
/** Holes up to here are read like anything else, which takes milliseconds. */
const READ_HOLE_BYTES = 64 * 1024 * 1024;
const BLOCK_BYTES = 4096;
/** The unit of `blocks`, whatever the file system's own is. */
const STAT_BLOCK_BYTES = 512;

// A FIFO or device put in its place must neither block us nor be read.
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * Reads lines from a growing regular file. It remembers nothing but a byte offset, always at the start of a line (or
 * of a piece of a long one), so that reading on after a crash gives the same lines.
 */
export class SpoolTail {
  readonly path: string;
  #position: number;
  #fd: number | null = null;

  constructor(path: string, position: number) {
    this.path = path;
    this.#position = position;
  }

  get position(): number {
    return this.#position;
  }

  /** For handing the open file to another process; null while the file does not exist. */
  get descriptor(): number | null {
    return this.#fd;
  }

  /** The next lines after `position`, which moves only by `advance`. `bytes` is 0 when there is nothing (yet). */
  read(final: boolean): TailSlice {
    const fd = this.#open();
    if (fd === null) return { lines: [], bytes: 0, hasMore: false };
    const length = readSync(fd, slice, 0, SLICE_BYTES, this.#position);
    const hasMore = length === SLICE_BYTES;
    if (hasMore && slice.equals(blankSlice)) {
      return { lines: [], bytes: this.#blankBytes(fd, length), hasMore };
    }
    if (length > 0) return { ...cutLines(slice.subarray(0, length), final && !hasMore), hasMore };
    // A game that may open its own output can also empty it; what it writes then is new.
    if (this.#position > 0 && fstatSync(fd).size < this.#position) {
      this.#position = 0;
      return this.read(final);
    }
    return { lines: [], bytes: 0, hasMore: false };
  }

  /** What is on the disk after `position`, at most. */
  get unreadBytes(): number {
    if (this.#fd === null) return 0;
    const { size, blocks } = fstatSync(this.#fd);
    return Math.max(0, Math.min(size - this.#position, blocks * STAT_BLOCK_BYTES));
  }

  /** The lines of the last `read` are safe. */
  advance(bytes: number): void {
    this.#position += bytes;
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }

  /** How much nothing there is after `position`, which begins with `known` bytes of it. */
  #blankBytes(fd: number, known: number): number {
    let bytes = known + this.#holeBytes(fd, this.#position + known);
    while (bytes < BLANK_TURN_BYTES) {
      const length = readSync(fd, slice, 0, SLICE_BYTES, this.#position + bytes);
      if (length < SLICE_BYTES || !slice.equals(blankSlice)) break;
      bytes += length;
    }
    return bytes;
  }

  /**
   * A game can make its output terabytes long without writing one. What it writes after that is at the end, so the most
   * that can be passed over is what the file has no blocks for.
   */
  #holeBytes(fd: number, from: number): number {
    const { size, blocks } = fstatSync(fd);
    const dataStart = size - blocks * STAT_BLOCK_BYTES;
    const hole = dataStart - (dataStart % BLOCK_BYTES) - from;
    return hole > READ_HOLE_BYTES ? hole : 0;
  }

  #open(): number | null {
    if (this.#fd !== null) return this.#fd;
    let fd: number;
    try {
      fd = openSync(this.path, OPEN_FLAGS);
    } catch (error) {
      // Not made yet, or never: with a TTY there is no second file.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
    const stats = fstatSync(fd);
    if (!stats.isFile()) {
      closeSync(fd);
      throw new Error(`${this.path} is not a regular file`);
    }
    // A power cut can take the end of the spool and leave the history, which is synced first.
    this.#position = Math.min(this.#position, stats.size);
    this.#fd = fd;
    return fd;
  }
}
