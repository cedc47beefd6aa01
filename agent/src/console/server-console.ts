import { setImmediate as nextLoopTurn } from 'node:timers/promises';
import type { RunFolder } from '../runtimes/run-folder.ts';
import { isDoneWithin } from '../waiting.ts';
import { ConsoleHistory, defaultHistoryLimits, type HistoryLimits } from './console-history.ts';
import type { ConsoleStream, NewLine } from './console-line.ts';
import { cutLines } from './cut-lines.ts';
import { exportText } from './export-text.ts';
import { type HistoryPage, type HistoryQuery, readPage } from './history-page.ts';
import { defaultLiveLimits, LiveFeed, type LiveLimits, type LiveListener } from './live-feed.ts';
import { maskSecrets } from './mask-secrets.ts';
import { stripColours } from './sanitise-line.ts';
import { Spool } from './spool.ts';

export interface ServerConsoleOptions {
  /** The server's own history folder; made with the first line. */
  folder: string;
  history?: Partial<HistoryLimits>;
  live?: Partial<LiveLimits>;
  /** How long `drain` takes over what an ended game has left before it leaves the rest. */
  drainPatienceMs?: number;
  /** What someone should hear about: a sentence, once per incident. Console text is never part of it. */
  onProblem?: (message: string, error: unknown) => void;
}

/** Long enough for gigabytes. A game that has left more than that must not keep its server from ending. */
const defaultDrainPatienceMs = 30_000;

type LineWatcher = (text: string, stream: ConsoleStream) => void;

/**
 * The console of one server: takes over what its runtime spools, numbers it, keeps it, and tells those who watch. A
 * line is told only after it is stored, so that a number means the same line for good. The game never waits for it.
 */
export class ServerConsole {
  readonly #history: ConsoleHistory;
  readonly #live: LiveFeed;
  readonly #report: (message: string, error: unknown) => void;
  readonly #watchers = new Set<LineWatcher>();
  readonly #drainPatienceMs: number;
  #maskSecrets = maskSecrets([]);
  #spool: Spool | null = null;
  /** Lines of our own that wait to be stored. */
  #own: { lines: NewLine[]; tell: (seq: number) => void }[] = [];
  #hasNews = false;
  #working: Promise<void> | null = null;

  constructor({
    folder,
    history,
    live,
    onProblem = () => {},
    drainPatienceMs = defaultDrainPatienceMs,
  }: ServerConsoleOptions) {
    this.#report = onProblem;
    this.#drainPatienceMs = drainPatienceMs;
    this.#history = new ConsoleHistory(folder, { ...defaultHistoryLimits, ...history }, onProblem);
    this.#live = new LiveFeed({ ...defaultLiveLimits, ...live }, onProblem);
  }

  /** Before anything else, once. */
  async open(): Promise<void> {
    await this.#history.open();
  }

  /** The oldest number still stored; `lastSeq` + 1 when there is none. */
  get firstSeq(): number {
    return this.#history.firstSeq;
  }

  /** 0 before the first line. */
  get lastSeq(): number {
    return this.#history.lastSeq;
  }

  /**
   * Exact values that must not be shown, in lines of `install` and `system`. Give them before the lines: also before
   * `attach` when the agent has restarted.
   */
  setSecrets(values: readonly string[]): void {
    this.#maskSecrets = maskSecrets(values);
  }

  /**
   * Follows the output of a start, from where it was taken over last. Output of an earlier start is drained before.
   * With `stream: 'install'` both files are an install log.
   */
  async attach(folder: RunFolder, startId: string, options: { stream?: 'install' } = {}): Promise<void> {
    await this.drain();
    const known = this.#history.position;
    const position = known?.startId === startId ? known : { startId, out: 0, err: 0 };
    this.#spool = new Spool(folder, position, {
      ...options,
      onChange: () => this.#wake(),
      report: this.#report,
    });
    this.#wake();
  }

  /**
   * After the game's exit: resolves when all it has written is stored, and lets go of the spool. What would take too
   * long is left, and a line says how much.
   */
  async drain(): Promise<void> {
    const spool = this.#spool;
    if (spool === null) return;
    spool.end();
    this.#wake();
    const isDrained = await isDoneWithin(this.#drainPatienceMs, this.#idle());
    if (this.#spool !== spool) return;
    this.#spool = null;
    const unreadBytes = isDrained ? 0 : spool.unreadBytes;
    void spool.close();
    if (isDrained) return;
    const mebibytes = Math.ceil(unreadBytes / 1024 / 1024);
    await this.append(
      'system',
      `The output was too long to be taken over: up to ${mebibytes} MiB were left out.`,
    );
  }

  /**
   * Adds lines that are not the game's, several when the text has newlines. Resolves to the number of the last, once
   * stored; when the disk is full to the newest number there is.
   */
  append(stream: ConsoleStream, text: string): Promise<number> {
    const at = Date.now();
    const { lines } = cutLines(Buffer.from(text === '' ? '\n' : text), true);
    const ready = lines.map((line): NewLine => ({ at, stream, text: this.#masked(stream, line) }));
    return new Promise((tell) => {
      this.#own.push({ lines: ready, tell });
      this.#wake();
    });
  }

  read(query: HistoryQuery): Promise<HistoryPage> {
    return readPage(this.#history, query);
  }

  /** The whole history up to now as text for a download, in chunks. */
  export(): AsyncGenerator<string> {
    return exportText(this.#history);
  }

  /** Every line stored from now on, as fast as the live limits allow. Returns the way to end it. */
  subscribe(listener: LiveListener): () => void {
    return this.#live.subscribe(listener);
  }

  /** Each line of the game's output without colours, however many there are. Returns the way to end it. */
  onLine(watcher: LineWatcher): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Stops following; the next process goes on where this one stopped. */
  async close(): Promise<void> {
    await this.#spool?.close();
    this.#spool = null;
    await this.#idle();
    this.#live.close();
    await this.#history.close();
  }

  #wake(): void {
    this.#hasNews = true;
    this.#working ??= this.#work();
  }

  async #idle(): Promise<void> {
    while (this.#working !== null) await this.#working;
  }

  async #work(): Promise<void> {
    try {
      while (this.#hasNews) {
        this.#hasNews = false;
        if (!(await this.#takeOver())) continue;
        this.#hasNews = true;
        await nextLoopTurn();
      }
    } catch (error) {
      this.#report('Console output cannot be read', error);
    } finally {
      this.#working = null;
    }
  }

  /** One turn: our own lines and a bounded piece of the output, as one record. True when there was more output. */
  async #takeOver(): Promise<boolean> {
    const own = this.#own;
    this.#own = [];
    const spool = this.#spool;
    const slice = spool?.read() ?? null;
    if (own.length === 0 && slice === null) return false;

    const output = slice?.lines ?? [];
    for (const line of output) line.text = this.#masked(line.stream, line.text);
    const lines = [...own.flatMap((entry) => entry.lines), ...output];
    const position = slice?.position ?? spool?.position ?? this.#history.position;
    const stored = lines.length === 0 ? [] : await this.#history.append(lines, position);
    spool?.advance();
    spool?.giveBackSpace(() => this.#history.sync(), this.#history.isFailing);

    this.#live.push(stored ?? []);
    let seq = this.lastSeq - (stored === null ? 0 : lines.length);
    for (const entry of own) {
      if (stored !== null) seq += entry.lines.length;
      entry.tell(seq);
    }
    if (this.#watchers.size > 0) for (const line of output) this.#tellWatchers(line);
    return slice?.hasMore ?? false;
  }

  #tellWatchers({ text, stream }: NewLine): void {
    const plain = stripColours(text);
    for (const watcher of this.#watchers) {
      try {
        watcher(plain, stream);
      } catch (error) {
        this.#report('A console watcher failed', error);
      }
    }
  }

  #masked(stream: ConsoleStream, text: string): string {
    return stream === 'install' || stream === 'system' ? this.#maskSecrets(text) : text;
  }
}
