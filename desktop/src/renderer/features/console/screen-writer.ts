import type { ConsoleLog, Entry } from './console-log.ts';
import { isGap } from './console-log.ts';
import type { Terminal } from './terminal.ts';
import { terminalText } from './terminal-text.ts';

/** What waits to be written; beyond it the screen is made anew from its last lines, which costs the same each time. */
const waitingLimit = 2000;
/** How many lines are on the screen at first, and how many more each time its top is reached. */
const shownAtOnce = 1000;

export interface ScreenWriter {
  /** Lines that came in live. Held back while the reader looks at older ones. */
  push(entries: readonly Entry[]): void;
  /** Stops writing, so that what is being read stays where it is. */
  hold(): void;
  /** Writes what was held back. */
  release(): void;
  /** Shows the log's last lines anew, for instance because the form of lines changed. */
  redraw(): void;
  /** Shows the log again, the view at this line. */
  redrawAt(seq: number): void;
  /** Shows older lines that the log already has; false when the screen begins where the log does. */
  showOlder(): boolean;
  setShowTimes(show: boolean): void;
  close(): void;
}

type Screen = Pick<Terminal, 'write' | 'replace'>;

/** Carries lines from the log to the terminal, never faster than it works them off. */
export function createScreenWriter(options: {
  log: ConsoleLog;
  screen: Screen;
  /** Runs before the browser next paints. */
  schedule: (run: () => void) => void;
  /** How many lines are held back. */
  onHeld: (count: number) => void;
}): ScreenWriter {
  const { log, screen, schedule, onHeld } = options;
  let waiting: Entry[] = [];
  /** Of lines that are held back or were skipped; for the reader, not for writing. */
  let heldLines = 0;
  let isHeld = false;
  let isStale = false;
  /** Writes that the terminal has not worked off. */
  let underWay = 0;
  let isScheduled = false;
  let isClosed = false;
  let showTimes = false;
  /** The first entry on the screen. */
  let shownFrom = 0;

  let isBlank = true;

  const text = (entries: readonly Entry[], isContinued: boolean) => {
    if (entries.length > 0) isBlank = false;
    return terminalText(entries, { showTimes, isContinued });
  };
  const done = () => {
    underWay -= 1;
    if (waiting.length > 0 || isStale) plan();
  };
  const plan = () => {
    if (isScheduled || isHeld || isClosed) return;
    isScheduled = true;
    schedule(() => {
      isScheduled = false;
      if (underWay === 0 && !isHeld && !isClosed) flush();
    });
  };
  const flush = () => {
    const entries = waiting;
    waiting = [];
    underWay += 1;
    if (isStale) return drawEnd();
    if (shownFrom === 0) shownFrom = firstSeq(entries[0]);
    screen.write(text(entries, !isBlank), done);
  };
  const drawEnd = () => {
    isStale = false;
    waiting = [];
    isBlank = true;
    const entries = log.entries().slice(-shownAtOnce);
    shownFrom = firstSeq(entries[0]);
    screen.replace(null, text(entries, false), done);
  };
  const drawFrom = (from: number, at: number) => {
    const entries = log.entries();
    const start = entries.findIndex((entry) => lastSeq(entry) >= from);
    const split = entries.findIndex((entry) => lastSeq(entry) >= at);
    shownFrom = firstSeq(entries[Math.max(start, 0)]);
    isStale = false;
    waiting = [];
    setHeld(0);
    underWay += 1;
    const above = entries.slice(Math.max(start, 0), split);
    screen.replace(text(above, false), text(entries.slice(split), above.length > 0), done);
  };
  const setHeld = (count: number) => {
    heldLines = count;
    onHeld(count);
  };

  return {
    push(entries) {
      if (entries.length === 0) return;
      if (waiting.length + entries.length > waitingLimit) {
        waiting = [];
        isStale = true;
      } else if (!isStale) waiting.push(...entries);
      if (isHeld) setHeld(heldLines + entries.reduce((sum, entry) => sum + size(entry), 0));
      plan();
    },
    hold() {
      isHeld = true;
    },
    release() {
      if (!isHeld) return;
      isHeld = false;
      setHeld(0);
      if (waiting.length > 0 || isStale) plan();
    },
    redraw() {
      isStale = true;
      isHeld = false;
      setHeld(0);
      plan();
    },
    redrawAt: (seq) => drawFrom(Math.min(shownFrom, seq), seq),
    showOlder() {
      const entries = log.entries();
      const top = entries.findIndex((entry) => lastSeq(entry) >= shownFrom);
      if (top <= 0) return false;
      drawFrom(firstSeq(entries[Math.max(0, top - shownAtOnce)]), shownFrom);
      return true;
    },
    setShowTimes(show) {
      showTimes = show;
    },
    close() {
      isClosed = true;
    },
  };
}

const firstSeq = (entry: Entry | undefined): number =>
  entry ? (isGap(entry) ? entry.fromSeq : entry.seq) : 0;
const lastSeq = (entry: Entry): number => (isGap(entry) ? entry.toSeq : entry.seq);
const size = (entry: Entry): number => lastSeq(entry) - firstSeq(entry) + 1;
