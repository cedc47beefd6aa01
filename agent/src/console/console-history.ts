import { mkdir } from 'node:fs/promises';
import type { ConsoleLine, NewLine } from './console-line.ts';
import { encodeFrame, type Frame, type SpoolPosition } from './history-frame.ts';
import { gapNote, HistorySegment, type LineBatch } from './history-segment.ts';

export interface HistoryLimits {
  /** Of the whole history. */
  maxBytes: number;
  maxAgeMs: number;
  /** Of one file of it; a history is shortened by whole files. */
  segmentBytes: number;
}

const MiB = 1024 * 1024;
const DAY_MS = 86_400_000;
export const defaultHistoryLimits: HistoryLimits = {
  maxBytes: 64 * MiB,
  maxAgeMs: 7 * DAY_MS,
  segmentBytes: 8 * MiB,
};

/**
 * The lines of one server on disk, numbered, the oldest dropped as new ones come; the newest file is kept whatever its
 * age. One append at a time; reading may go on beside it.
 */
export class ConsoleHistory {
  readonly #folder: string;
  readonly #limits: HistoryLimits;
  readonly #report: (message: string, error: unknown) => void;
  #segments: HistorySegment[] = [];
  /** Written to and no longer the newest, but not yet known to be on the disk. */
  #unsynced: HistorySegment[] = [];
  #nextSeq = 1;
  #position: SpoolPosition | null = null;
  #lostLines = 0;
  #isNewestUsable = true;

  constructor(folder: string, limits: HistoryLimits, report: (message: string, error: unknown) => void) {
    this.#folder = folder;
    this.#limits = limits;
    this.#report = report;
  }

  /** Finds out where numbers and offsets stand; what a crash tore is cut off. */
  async open(): Promise<void> {
    this.#segments = await HistorySegment.list(this.#folder);
    for (let segment = this.#segments.at(-1); segment !== undefined; segment = this.#segments.at(-1)) {
      const last = await this.#recover(segment);
      if (last !== null) {
        this.#nextSeq = Math.max(this.#nextSeq, last.endSeq);
        this.#position = last.position;
        break;
      }
      // Nothing whole is in it, so the offsets are in the one before.
      this.#nextSeq = Math.max(this.#nextSeq, segment.firstSeq);
      await segment.remove();
      this.#segments.pop();
    }
    await this.#dropOld();
  }

  /** The oldest number there is; one more than `lastSeq` when there is none. */
  get firstSeq(): number {
    return this.#segments[0]?.firstSeq ?? this.#nextSeq;
  }

  get lastSeq(): number {
    return this.#nextSeq - 1;
  }

  /** As of the last line stored. */
  get position(): SpoolPosition | null {
    return this.#position;
  }

  /** Whether the last append failed. */
  get isFailing(): boolean {
    return this.#lostLines > 0;
  }

  /**
   * Numbers and stores lines together with the position after them. Returns what was stored, with a note before it when
   * something was lost earlier; null when it cannot be written (a full disk): these lines are lost, get no number and are
   * counted, and the next append tries again.
   */
  async append(lines: readonly NewLine[], position: SpoolPosition | null): Promise<ConsoleLine[] | null> {
    const all = this.#lostLines === 0 ? lines : [lossNote(this.#lostLines), ...lines];
    const frame = encodeFrame(this.#nextSeq, position, all);
    try {
      const segment = await this.#segmentFor(frame.length);
      await segment.write(frame);
    } catch (error) {
      if (!this.isFailing) this.#report('Console lines are lost: the history cannot be written', error);
      this.#lostLines += lines.length;
      return null;
    }
    this.#lostLines = 0;
    this.#position = position;
    const firstSeq = this.#nextSeq;
    this.#nextSeq += all.length;
    return all.map(({ at, stream, text }, index) => ({ seq: firstSeq + index, at, stream, text }));
  }

  /** Resolves when everything appended before is on the disk, power cut or not. */
  async sync(): Promise<void> {
    for (const segment of [...this.#unsynced]) {
      await segment.sync();
      await segment.close();
      this.#unsynced = this.#unsynced.filter((other) => other !== segment);
    }
    await this.#segments.at(-1)?.sync();
  }

  /** Lines from one number to before another, in order and in small batches. A note stands for each gap. */
  async *lines(fromSeq: number, toSeq: number): AsyncGenerator<LineBatch> {
    let next = Math.max(fromSeq, this.firstSeq);
    const end = Math.min(toSeq, this.#nextSeq);
    while (next < end) {
      const index = this.#segments.findLastIndex(({ firstSeq }) => firstSeq <= next);
      const segment = this.#segments[index];
      if (segment === undefined) {
        // Dropped while it was read.
        next = this.firstSeq;
        continue;
      }
      const segmentEnd = Math.min(end, this.#segments[index + 1]?.firstSeq ?? end);
      try {
        for await (const batch of segment.lines(next, segmentEnd)) {
          next = batch.endSeq;
          yield batch;
        }
      } catch (error) {
        if (!this.#segments.includes(segment)) continue;
        this.#report('A part of the console history cannot be read', error);
        yield { lines: [gapNote(next, segmentEnd)], endSeq: segmentEnd };
        next = segmentEnd;
      }
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#unsynced, ...this.#segments].map((segment) => segment.close()));
    this.#unsynced = [];
  }

  async #recover(segment: HistorySegment): Promise<Pick<Frame, 'endSeq' | 'position'> | null> {
    try {
      return await segment.recover();
    } catch (error) {
      this.#report('The newest console history cannot be read', error);
      this.#isNewestUsable = false;
      // No line is shorter than a byte, so no number in it is used twice.
      return { endSeq: segment.firstSeq + segment.sizeBytes, position: null };
    }
  }

  async #segmentFor(bytes: number): Promise<HistorySegment> {
    const newest = this.#segments.at(-1);
    if (newest !== undefined) {
      const isFull = newest.sizeBytes > 0 && newest.sizeBytes + bytes > this.#limits.segmentBytes;
      const isOld = newest.sizeBytes > 0 && Date.now() - newest.createdAt > this.#limits.maxAgeMs / 8;
      if (this.#isNewestUsable && !isFull && !isOld) return newest;
    } else await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const segment = await HistorySegment.create(this.#folder, this.#nextSeq);
    if (newest !== undefined) this.#unsynced.push(newest);
    this.#segments.push(segment);
    this.#isNewestUsable = true;
    await this.#dropOld();
    return segment;
  }

  async #dropOld(): Promise<void> {
    const { maxBytes, maxAgeMs, segmentBytes } = this.#limits;
    let bytes = this.#segments.slice(0, -1).reduce((sum, { sizeBytes }) => sum + sizeBytes, segmentBytes);
    while (this.#segments.length > 1) {
      const [oldest, second] = this.#segments as [HistorySegment, HistorySegment];
      // What is in a file is older than the next file.
      const isOld = second.createdAt < Date.now() - maxAgeMs;
      if (bytes <= maxBytes && !isOld) return;
      bytes -= oldest.sizeBytes;
      this.#segments.shift();
      this.#unsynced = this.#unsynced.filter((segment) => segment !== oldest);
      await oldest.remove().catch((error) => this.#report('Old console history cannot be removed', error));
    }
  }
}

function lossNote(count: number): NewLine {
  return {
    at: Date.now(),
    stream: 'system',
    text: `[${count} lines were lost here: they could not be written to the disk]`,
  };
}
