import type { ConsoleHistory } from './console-history.ts';
import type { ConsoleLine, ConsoleStream } from './console-line.ts';
import { stripColours } from './sanitise-line.ts';

export interface HistoryQuery {
  /** Only lines with a greater number; the page holds the first of them. */
  after?: number;
  /** Only lines with a smaller number; without `after` the page holds the last of them. Neither: the newest lines. */
  before?: number;
  /** 1 to 1000, default 200. A page may hold less and have more behind it. */
  limit?: number;
  stream?: ConsoleStream;
  /** Only lines that contain this, in whatever case; colours do not count. */
  q?: string;
}

export interface HistoryPage {
  /** In ascending order, whatever the direction. */
  lines: ConsoleLine[];
  /** The oldest and the newest number of the whole history; `firstSeq` is `lastSeq` + 1 when it is empty. */
  firstSeq: number;
  lastSeq: number;
  /** Whether there may be more in the direction of reading. */
  more: boolean;
  /** What to give as `after` (or, reading backwards, as `before`) for the page behind this one. */
  nextSeq: number;
}

const MAX_LINES = 1000;
const DEFAULT_LINES = 200;
const MAX_PAGE_CHARACTERS = 1024 * 1024;
/** A search for something rare answers after this with what it has, and where to go on. */
const SCAN_BUDGET_MS = 5000;
const FILTERED_STEP_LINES = 4000;

export async function readPage(history: ConsoleHistory, query: HistoryQuery): Promise<HistoryPage> {
  const { firstSeq, lastSeq } = history;
  const from = Math.max(firstSeq, (query.after ?? 0) + 1);
  const to = Math.max(from, Math.min(lastSeq + 1, query.before ?? Number.POSITIVE_INFINITY));
  const read = query.after === undefined ? readBackward : readForward;
  return { ...(await read(history, from, to, new Page(query))), firstSeq, lastSeq };
}

type PagePart = Pick<HistoryPage, 'lines' | 'more' | 'nextSeq'>;

async function readForward(history: ConsoleHistory, from: number, to: number, page: Page): Promise<PagePart> {
  const { lines } = page;
  let next = from;
  for await (const batch of history.lines(from, to)) {
    for (const line of batch.lines) {
      if (!page.matches(line)) continue;
      if (page.isFullWith(line)) return { lines, more: true, nextSeq: line.seq - 1 };
      page.add(line);
    }
    next = batch.endSeq;
    if (page.isLate()) break;
  }
  return { lines, more: next < to, nextSeq: next - 1 };
}

async function readBackward(
  history: ConsoleHistory,
  from: number,
  to: number,
  page: Page,
): Promise<PagePart> {
  let next = to;
  while (next > from && !page.isLate()) {
    const stepStart = Math.max(from, next - page.stepLines);
    const found = await lastMatches(history, stepStart, next, page);
    for (const line of found.lines.reverse()) {
      if (page.isFullWith(line)) return { lines: page.lines.reverse(), more: true, nextSeq: line.seq + 1 };
      page.add(line);
    }
    next = found.fromSeq;
  }
  return { lines: page.lines.reverse(), more: next > from, nextSeq: next };
}

/** The matching lines of a range; of long ones only as many of the last as a page can take. */
async function lastMatches(history: ConsoleHistory, from: number, to: number, page: Page) {
  const lines: ConsoleLine[] = [];
  let fromSeq = from;
  let characters = 0;
  for await (const batch of history.lines(from, to)) {
    for (const line of batch.lines) {
      if (!page.matches(line)) continue;
      lines.push(line);
      characters += line.text.length;
      while (characters > MAX_PAGE_CHARACTERS && lines.length > 1) {
        characters -= (lines.shift() as ConsoleLine).text.length;
        fromSeq = (lines[0] as ConsoleLine).seq;
      }
    }
  }
  return { lines, fromSeq };
}

class Page {
  readonly lines: ConsoleLine[] = [];
  readonly matches: (line: ConsoleLine) => boolean;
  /** How many lines to look at in one step back. */
  readonly stepLines: number;
  readonly #limit: number;
  readonly #deadline = performance.now() + SCAN_BUDGET_MS;
  #characters = 0;

  constructor({ limit = DEFAULT_LINES, stream, q = '' }: HistoryQuery) {
    this.#limit = Math.min(Math.max(Math.trunc(limit), 1), MAX_LINES);
    const isFiltered = stream !== undefined || q !== '';
    this.stepLines = isFiltered ? FILTERED_STEP_LINES : this.#limit;
    const wanted = new RegExp(escapeForRegExp(q), 'iu');
    this.matches = isFiltered
      ? (line) => (stream === undefined || line.stream === stream) && wanted.test(stripColours(line.text))
      : () => true;
  }

  isFullWith({ text }: ConsoleLine): boolean {
    if (this.lines.length === 0) return false;
    return this.lines.length >= this.#limit || this.#characters + text.length > MAX_PAGE_CHARACTERS;
  }

  add(line: ConsoleLine): void {
    this.lines.push(line);
    this.#characters += line.text.length;
  }

  isLate(): boolean {
    return performance.now() > this.#deadline;
  }
}

/** A pattern that matches exactly this text. */
function escapeForRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
