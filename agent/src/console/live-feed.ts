import type { ConsoleLine } from './console-line.ts';

export interface LiveLimits {
  linesPerSecond: number;
  bytesPerSecond: number;
}
export const defaultLiveLimits: LiveLimits = { linesPerSecond: 2000, bytesPerSecond: 2 * 1024 * 1024 };

/** Lines in order, or the range of numbers that was left out of them because there were too many. */
export type LiveMessage = { lines: ConsoleLine[] } | { dropped: { fromSeq: number; toSeq: number } };
export type LiveListener = (message: LiveMessage) => void;

const WINDOW_MS = 1000;
const SLOT_MS = 20;
const FLOOD_INTERVAL_MS = 250;

/**
 * What those who watch get of a console: the first line after quiet at once; behind a batch they wait the longer the
 * bigger it was, at most 10 ms; of a flood they get the newest lines each quarter of a second.
 */
export class LiveFeed {
  readonly #limits: LiveLimits;
  readonly #report: (message: string, error: unknown) => void;
  readonly #listeners = new Set<LiveListener>();
  #pending: ConsoleLine[] = [];
  #dropped: { fromSeq: number; toSeq: number } | null = null;
  /** What was sent lately, by slots of time. */
  #sent: { slot: number; lines: number; bytes: number }[] = [];
  #isFlooded = false;
  #nextFlushAt = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(limits: LiveLimits, report: (message: string, error: unknown) => void) {
    this.#limits = limits;
    this.#report = report;
  }

  /** From the next line on. Returns the way to end it. */
  subscribe(listener: LiveListener): () => void {
    // What still waits is older than this subscription.
    this.#flush(true);
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.close();
    };
  }

  push(lines: readonly ConsoleLine[]): void {
    if (this.#listeners.size === 0 || lines.length === 0) return;
    this.#pending = this.#pending.concat(lines);
    // More than a second's worth will never be sent.
    const { linesPerSecond, bytesPerSecond } = this.#limits;
    this.#drop(
      this.#pending.length - Math.max(1, newestWithin(this.#pending, linesPerSecond, bytesPerSecond)),
    );
    if (this.#timer !== undefined) return;
    const waitMs = this.#nextFlushAt - performance.now();
    if (waitMs <= 0) this.#flush(false);
    else this.#timer = setTimeout(() => this.#flush(false), waitMs);
  }

  /** Forgets what waits. */
  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#pending = [];
    this.#dropped = null;
  }

  #flush(isForced: boolean): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const waiting = this.#pending.length;
    if (waiting === 0) return;
    const now = performance.now();
    const count = isForced ? waiting : this.#allowedLines(now);
    this.#isFlooded = count < waiting;
    const intervalMs = this.#isFlooded ? FLOOD_INTERVAL_MS : Math.min((count - 1) / 4, 10);
    this.#nextFlushAt = now + intervalMs;
    if (count === 0) {
      this.#timer = setTimeout(() => this.#flush(false), intervalMs);
      return;
    }
    this.#drop(waiting - count);
    const lines = this.#pending;
    const dropped = this.#dropped;
    this.#pending = [];
    this.#dropped = null;
    this.#countSent(now, lines);
    if (dropped !== null) this.#emit({ dropped });
    this.#emit({ lines });
  }

  /** How many of the newest waiting lines may go now. */
  #allowedLines(now: number): number {
    const oldestSlot = Math.floor((now - WINDOW_MS) / SLOT_MS);
    this.#sent = this.#sent.filter(({ slot }) => slot >= oldestSlot);
    let lines = this.#limits.linesPerSecond;
    let bytes = this.#limits.bytesPerSecond;
    for (const sent of this.#sent) {
      lines -= sent.lines;
      bytes -= sent.bytes;
    }
    if (this.#isFlooded) {
      const share = FLOOD_INTERVAL_MS / WINDOW_MS;
      lines = Math.min(lines, Math.ceil(this.#limits.linesPerSecond * share));
      bytes = Math.min(bytes, Math.ceil(this.#limits.bytesPerSecond * share));
    }
    const count = newestWithin(this.#pending, lines, bytes);
    // A line that is over the limit alone goes when nothing else does.
    return count === 0 && this.#sent.length === 0 ? 1 : count;
  }

  #drop(count: number): void {
    if (count <= 0) return;
    const dropped = this.#pending.slice(0, count);
    this.#pending = this.#pending.slice(count);
    const [first, last] = [dropped[0] as ConsoleLine, dropped.at(-1) as ConsoleLine];
    this.#dropped = { fromSeq: this.#dropped?.fromSeq ?? first.seq, toSeq: last.seq };
  }

  #countSent(now: number, lines: readonly ConsoleLine[]): void {
    const slot = Math.floor(now / SLOT_MS);
    const bytes = lines.reduce((sum, { text }) => sum + text.length, 0);
    const current = this.#sent.at(-1);
    if (current?.slot === slot) {
      current.lines += lines.length;
      current.bytes += bytes;
    } else this.#sent.push({ slot, lines: lines.length, bytes });
  }

  #emit(message: LiveMessage): void {
    for (const listener of this.#listeners) {
      try {
        listener(message);
      } catch (error) {
        this.#report('A console listener failed', error);
      }
    }
  }
}

/** How many of the last lines stay within both limits. */
function newestWithin(lines: readonly ConsoleLine[], maxLines: number, maxBytes: number): number {
  let bytes = 0;
  let count = 0;
  while (count < lines.length && count < maxLines) {
    bytes += (lines[lines.length - 1 - count] as ConsoleLine).text.length;
    if (bytes > maxBytes) break;
    count++;
  }
  return count;
}
