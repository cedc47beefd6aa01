import { basename } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { RunFolder } from '../runtimes/run-folder.ts';
import type { NewLine } from './console-line.ts';
import type { SpoolPosition } from './history-frame.ts';
import { canPunchHoles, punchHole, trimSpareSpace } from './spool-punch.ts';
import { SpoolTail } from './spool-tail.ts';
import { watchSpool } from './spool-watch.ts';

interface SpoolSlice {
  lines: NewLine[];
  /** There was more than fits into a slice. */
  hasMore: boolean;
  /** How far the spool is read after these lines. */
  position: SpoolPosition;
}

interface Source {
  tail: SpoolTail;
  stream: NewLine['stream'];
  /** It may have grown since it was read to its end. */
  hasNews: boolean;
  /** What the last `read` took, not yet safe. */
  takenBytes: number;
  punchedBytes: number;
  /** Up to where all punching has worked. */
  freedBytes: number;
  isUnreadable: boolean;
}

const PUNCH_BYTES = 4 * 1024 * 1024;
const PUNCH_BYTES_DISK_FULL = 256 * 1024;
/** Starting a process holds up the loop for some milliseconds. */
const PUNCH_INTERVAL_MS = 1000;
const TRIM_INTERVAL_MS = 2000;

/** The two output files of one start, merged by arrival. */
export class Spool {
  readonly #startId: string;
  readonly #out: Source;
  readonly #err: Source;
  readonly #stopWatching: () => void;
  readonly #report: (message: string, error: unknown) => void;
  #hasEnded = false;
  readonly #closing = new AbortController();
  #punching: Promise<void> | null = null;
  #nextPunchAt = 0;
  #nextTrimAt = 0;

  constructor(
    folder: RunFolder,
    position: SpoolPosition,
    options: { stream?: 'install'; onChange: () => void; report: (message: string, error: unknown) => void },
  ) {
    this.#startId = position.startId;
    this.#out = source(folder.stdout, position.out, options.stream ?? 'stdout');
    this.#err = source(folder.stderr, position.err, options.stream ?? 'stderr');
    this.#report = options.report;
    const [outName, errName] = [basename(folder.stdout), basename(folder.stderr)];
    this.#stopWatching = watchSpool(folder.path, [outName, errName], (changed) => {
      if (changed !== errName) this.#out.hasNews = true;
      if (changed !== outName) this.#err.hasNews = true;
      options.onChange();
    });
  }

  /** Nothing will be written any more: a last line without newline counts. */
  end(): void {
    this.#hasEnded = true;
    this.#out.hasNews = this.#err.hasNews = true;
  }

  /** A bounded piece of each file; null when there is nothing. What was read is read again until `advance`. */
  read(): SpoolSlice | null {
    if (this.#closing.signal.aborted) return null;
    const lines = [...this.#readFrom(this.#out), ...this.#readFrom(this.#err)];
    this.#trim();
    if (this.#out.takenBytes + this.#err.takenBytes === 0) return null;
    return { lines, hasMore: this.#out.hasNews || this.#err.hasNews, position: this.position };
  }

  /** How far it is read, with the last `read`. */
  get position(): SpoolPosition {
    return { startId: this.#startId, out: end(this.#out), err: end(this.#err) };
  }

  /** What of it is on the disk and was not taken over, at most. */
  get unreadBytes(): number {
    return this.#out.tail.unreadBytes + this.#err.tail.unreadBytes;
  }

  advance(): void {
    for (const taken of [this.#out, this.#err]) {
      taken.tail.advance(taken.takenBytes);
      taken.takenBytes = 0;
    }
  }

  /**
   * Gives back the disk space of what was taken over, now and then and beside the reading; `makeSafe` is waited for
   * before. Earlier when the disk is full.
   */
  giveBackSpace(makeSafe: () => Promise<void>, isDiskFull: boolean): void {
    const threshold = isDiskFull ? PUNCH_BYTES_DISK_FULL : PUNCH_BYTES;
    const isDue = [this.#out, this.#err].some(
      ({ tail, punchedBytes }) => tail.position - punchedBytes >= threshold,
    );
    if (!isDue || this.#punching !== null || !canPunchHoles()) return;
    this.#punching = this.#punch(makeSafe)
      .catch((error) => this.#report('Console output cannot be made safe on the disk', error))
      .finally(() => {
        this.#punching = null;
      });
  }

  /** Lets go at once; resolves when nothing runs any more, never rejects. */
  async close(): Promise<void> {
    this.#stopWatching();
    this.#closing.abort();
    this.#out.tail.close();
    this.#err.tail.close();
    await this.#punching;
  }

  #readFrom(from: Source): NewLine[] {
    from.takenBytes = 0;
    if (from.isUnreadable || !from.hasNews) return [];
    try {
      const { lines, bytes, hasMore } = from.tail.read(this.#hasEnded);
      from.takenBytes = bytes;
      from.hasNews = hasMore;
      const at = Date.now();
      return lines.map((text) => ({ at, stream: from.stream, text }));
    } catch (error) {
      from.isUnreadable = true;
      from.hasNews = false;
      this.#report('The output of a server cannot be read', error);
      return [];
    }
  }

  /** Nothing else sees space that was taken behind the end, and it may be taken without a word. */
  #trim(): void {
    if (performance.now() < this.#nextTrimAt) return;
    this.#nextTrimAt = performance.now() + TRIM_INTERVAL_MS;
    for (const { tail, freedBytes, isUnreadable } of [this.#out, this.#err]) {
      if (tail.descriptor === null || isUnreadable) continue;
      try {
        trimSpareSpace(tail.descriptor, freedBytes);
      } catch (error) {
        this.#nextTrimAt = Number.POSITIVE_INFINITY;
        this.#report('The space behind the output of a server cannot be given back', error);
      }
    }
  }

  async #punch(makeSafe: () => Promise<void>): Promise<void> {
    const waitMs = Math.max(0, this.#nextPunchAt - performance.now());
    await setTimeout(waitMs, undefined, { signal: this.#closing.signal }).catch(() => {});
    if (this.#closing.signal.aborted) return;
    this.#nextPunchAt = performance.now() + PUNCH_INTERVAL_MS;
    const safe = [this.#out, this.#err].map((from) => ({ from, bytes: from.tail.position }));
    await makeSafe();
    for (const { from, bytes } of safe) {
      // Asked for only now, since after a close its number may be another file's.
      const { descriptor, position } = from.tail;
      if (descriptor === null) continue;
      const punchedBytes = Math.min(bytes, position);
      const isFreed = await punchHole(descriptor, from.punchedBytes, punchedBytes);
      if (isFreed && from.freedBytes === from.punchedBytes) from.freedBytes = punchedBytes;
      from.punchedBytes = punchedBytes;
    }
  }
}

function source(path: string, position: number, stream: NewLine['stream']): Source {
  return {
    tail: new SpoolTail(path, position),
    stream,
    hasNews: true,
    takenBytes: 0,
    punchedBytes: 0,
    freedBytes: 0,
    isUnreadable: false,
  };
}

function end({ tail, takenBytes }: Source): number {
  return tail.position + takenBytes;
}
