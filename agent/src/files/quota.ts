import { AppError } from '@catalyst/shared/contract/errors';

/** Every write asks for at most this much ahead of writing it, so a limit is never passed by more. */
export const chunkBytes = 1024 * 1024;

/**
 * How much of the disk one server uses and may use, in allocated bytes. What goes through the file door is counted as
 * it happens; what the game writes by itself is found by measuring (`beginScan`). All checks are synchronous, so
 * parallel writers cannot both take the last byte.
 */
export class Quota {
  #limitBytes: number;
  #usedBytes: number;
  #reservedBytes = 0;
  // Only ever rising, so that a scan can tell what happened while it ran.
  #grownBytes = 0;
  #shrunkBytes = 0;

  constructor(limitBytes = Number.POSITIVE_INFINITY, usedBytes = 0) {
    this.#limitBytes = checkedBytes(limitBytes, true);
    this.#usedBytes = checkedBytes(usedBytes);
  }

  get limitBytes(): number {
    return this.#limitBytes;
  }

  /** Includes what is reserved for writes under way. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  get freeBytes(): number {
    return Math.max(0, this.#limitBytes - this.#usedBytes);
  }

  /** May be below what is used: then nothing more can be written until something is deleted. */
  setLimit(limitBytes: number): void {
    this.#limitBytes = checkedBytes(limitBytes, true);
  }

  /** Starts a write. Throws `quota_exceeded` when the bytes do not fit. */
  reserve(bytes: number): Reservation {
    const reservation = new Reservation({
      take: (more) => this.#take(more),
      settle: (reserved, actual) => this.#settle(reserved, actual),
    });
    reservation.grow(bytes);
    return reservation;
  }

  /** What a delete has freed. */
  release(bytes: number): void {
    this.#shrink(checkedBytes(bytes));
  }

  /** `finish` corrects the count by what a scan of the whole folder, begun now, has found. */
  beginScan(): { finish(measuredBytes: number): void } {
    const reserved = this.#reservedBytes;
    const grown = this.#grownBytes;
    const shrunk = this.#shrunkBytes;
    return {
      // Whether the scan saw what was written or deleted meanwhile cannot be known, so the count may stay anywhere
      // between; when nothing happened there is no between.
      finish: (measuredBytes) => {
        const most = checkedBytes(measuredBytes) + reserved + this.#grownBytes - grown;
        const least = Math.max(0, measuredBytes - (this.#shrunkBytes - shrunk));
        this.#usedBytes = Math.min(Math.max(this.#usedBytes, least), most);
      },
    };
  }

  #take(bytes: number): void {
    if (checkedBytes(bytes) > this.#limitBytes - this.#usedBytes && bytes > 0) {
      throw new AppError('quota_exceeded', 'This server has used all of its disk space');
    }
    this.#usedBytes += bytes;
    this.#reservedBytes += bytes;
    this.#grownBytes += bytes;
  }

  #settle(reserved: number, actual: number): void {
    this.#reservedBytes -= reserved;
    if (actual < reserved) this.#shrink(reserved - actual);
    else {
      this.#usedBytes += actual - reserved;
      this.#grownBytes += actual - reserved;
    }
  }

  #shrink(bytes: number): void {
    this.#usedBytes = Math.max(0, this.#usedBytes - bytes);
    this.#shrunkBytes += bytes;
  }
}

interface Counter {
  take(bytes: number): void;
  settle(reserved: number, actual: number): void;
}

/** The bytes one write may use. Disposed without `settle` it gives them all back. */
export class Reservation implements Disposable {
  readonly #counter: Counter;
  #bytes = 0;
  #isOpen = true;

  constructor(counter: Counter) {
    this.#counter = counter;
  }

  /** Before each chunk is written. Throws `quota_exceeded`; what was reserved before stays. */
  grow(bytes: number): void {
    if (!this.#isOpen) throw new Error('This reservation is settled');
    this.#counter.take(bytes);
    this.#bytes += bytes;
  }

  /** What the finished write really takes; blocks are bigger than bytes, so it may be a little more. */
  settle(actualBytes: number): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#counter.settle(this.#bytes, Math.max(0, actualBytes));
  }

  [Symbol.dispose](): void {
    this.settle(0);
  }
}

function checkedBytes(bytes: number, mayBeInfinite = false): number {
  const isValid = Number.isSafeInteger(bytes) || (mayBeInfinite && bytes === Number.POSITIVE_INFINITY);
  if (!isValid || bytes < 0) throw new AppError('bad_request', 'This is not a possible number of bytes');
  return bytes;
}
