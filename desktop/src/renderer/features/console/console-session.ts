import { AppError } from '@catalyst/shared/contract/errors';
import { call, listen } from '@catalyst/shared/contract/rpc';
import type { ConsoleLine } from '@catalyst/shared/features/console';
import type { ConsoleStream } from '@catalyst/shared/features/console-link';
import { clientCalls, clientEvents } from '@catalyst/shared/realtime';
import { api } from '../../api/client.ts';
import { type Observable, observable } from '../../api/observable.ts';
import { socket } from '../../api/socket.ts';
import { type ConsoleLog, createConsoleLog, type Entry, isGap } from './console-log.ts';
import { createScreenWriter, type ScreenWriter } from './screen-writer.ts';
import type { Terminal } from './terminal.ts';

/** Lines kept in the page; older ones are read again when they are scrolled to. */
const keptLines = 10_000;
const pageSize = 500;

export interface ConsoleState {
  status: 'loading' | 'ready' | 'failed';
  error: unknown;
  isEmpty: boolean;
  /** Lines that were dropped and not loaded yet. */
  missing: number;
  isFilling: boolean;
  isScrolledBack: boolean;
  /** Lines that came while scrolled back. */
  below: number;
  isLoadingOlder: boolean;
  /** Nothing older is kept anywhere. */
  isAtBeginning: boolean;
  olderError: unknown;
  /** Lines fetched after a cut; null when there was none lately. */
  caughtUp: number | null;
}

export interface ConsoleSession {
  state: Observable<ConsoleState>;
  /** Everything loaded, for the clipboard. */
  lines(): ConsoleLine[];
  retry(): void;
  loadMissing(): Promise<void>;
  setPosition(position: { isAtEnd: boolean; isAtTop: boolean }): void;
  jumpToEnd(): void;
  setShowTimes(show: boolean): void;
  close(): void;
}

/** Follows one console, all streams or one of them, and shows it in a terminal. */
export function openConsole(options: {
  serverId: string;
  stream: ConsoleStream | undefined;
  terminal: Terminal;
  showTimes: boolean;
  onLines: (lines: readonly ConsoleLine[]) => void;
}): ConsoleSession {
  const { serverId, stream, terminal } = options;
  const params = { id: serverId };
  const log = createConsoleLog({ isContiguous: !stream, limit: keptLines });
  const state = observable<ConsoleState>({
    status: 'loading',
    error: null,
    isEmpty: true,
    missing: 0,
    isFilling: false,
    isScrolledBack: false,
    below: 0,
    isLoadingOlder: false,
    isAtBeginning: false,
    olderError: null,
    caughtUp: null,
  });
  const set = (changes: Partial<ConsoleState>) => state.set({ ...state.get(), ...changes });
  const writer = createScreenWriter({
    log,
    screen: terminal,
    schedule: (run) => requestAnimationFrame(run),
    onHeld: (below) => set({ below }),
  });
  writer.setShowTimes(options.showTimes);
  const ending = new AbortController();
  /** The newest number seen of any stream, where following goes on after a cut. */
  let received = 0;
  /** While catching up: the number at which that is done, and how many lines it takes. */
  let catchUp: { until: number; count: number } | null = null;

  const take = (entries: Entry[]) => {
    writer.push(entries);
    set({ isEmpty: log.entries().length === 0, missing: missingIn(log) });
  };
  const noteReceived = (seq: number) => {
    received = Math.max(received, seq);
    if (!catchUp || received < catchUp.until) return;
    set({ caughtUp: catchUp.count });
    catchUp = null;
  };

  const stopListening = listen(socket, clientEvents, {
    server_log: ({ serverId: from, lines }) => {
      if (from !== serverId || state.get().status !== 'ready') return;
      const wanted = stream ? lines.filter((line) => line.stream === stream) : lines;
      const added = log.append(wanted);
      take(added);
      options.onLines(added.filter((entry) => !isGap(entry)) as ConsoleLine[]);
      noteReceived(lines.at(-1)?.seq ?? 0);
    },
    'console:dropped': ({ serverId: from, fromSeq, toSeq }) => {
      if (from !== serverId || state.get().status !== 'ready') return;
      take(log.noteDropped(fromSeq, toSeq));
      noteReceived(toSeq);
    },
  });

  const load = async () => {
    set({ status: 'loading', error: null });
    try {
      const page = await api.console.logs({
        params,
        query: { limit: pageSize, stream },
        signal: ending.signal,
      });
      received = page.lastSeq;
      log.prepend(page.items);
      set({ status: 'ready', isAtBeginning: page.nextCursor === null, isEmpty: page.items.length === 0 });
      writer.redraw();
      if (socket.connected) await follow();
    } catch (error) {
      if (!ending.signal.aborted) set({ status: 'failed', error });
    }
  };

  let hasFollowed = false;
  /** Asks for everything after what was received; it comes as events, before what is printed from now on. */
  const follow = async () => {
    const isReturn = hasFollowed;
    const afterSeq = received;
    const { lastSeq } = await call(socket, clientCalls, 'console:subscribe', { serverId, afterSeq });
    hasFollowed = true;
    if (!isReturn || ending.signal.aborted) return;
    catchUp = { until: lastSeq, count: Math.max(0, lastSeq - afterSeq) };
    noteReceived(received);
  };
  let lastTry = 0;
  /** After a restart of the panel the page may be back before the node's agent: then it is asked again. */
  const followAgain = async () => {
    lastTry += 1;
    const thisTry = lastTry;
    for (let delayMs = 250; ; delayMs = Math.min(delayMs * 2, 5000)) {
      try {
        return await follow();
      } catch (error) {
        const isAway = error instanceof AppError && error.code === 'node_offline';
        if (!isAway) return set({ status: 'failed', error });
      }
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      if (ending.signal.aborted || thisTry !== lastTry || !socket.connected) return;
    }
  };
  const onConnect = () => {
    if (state.get().status === 'ready') void followAgain();
    else if (state.get().status === 'failed') void load();
  };
  socket.on('connect', onConnect);
  void load();

  const loadOlder = async () => {
    const { isLoadingOlder, isAtBeginning, status } = state.get();
    if (isLoadingOlder || status !== 'ready' || writer.showOlder() || isAtBeginning) return;
    set({ isLoadingOlder: true, olderError: null });
    try {
      const before = log.oldestSeq();
      const page = await api.console.logs({
        params,
        query: { before, limit: pageSize, stream },
        signal: ending.signal,
      });
      log.prepend(page.items);
      writer.showOlder();
      set({ isAtBeginning: page.nextCursor === null });
    } catch (olderError) {
      if (!ending.signal.aborted) set({ olderError });
    } finally {
      set({ isLoadingOlder: false });
    }
  };

  return {
    state,
    lines: () => log.entries().filter((entry) => !isGap(entry)) as ConsoleLine[],
    retry: () => void load(),
    async loadMissing() {
      set({ isFilling: true });
      try {
        await fillGaps({ log, writer, params, stream, signal: ending.signal });
      } finally {
        set({ isFilling: false, missing: missingIn(log) });
      }
    },
    setPosition({ isAtEnd, isAtTop }) {
      if (isAtEnd) writer.release();
      else writer.hold();
      if (isAtEnd === state.get().isScrolledBack) set({ isScrolledBack: !isAtEnd });
      if (isAtTop && !isAtEnd) void loadOlder();
    },
    jumpToEnd() {
      if (state.get().below > 0) writer.redraw();
      terminal.scrollToEnd();
      set({ isScrolledBack: false });
    },
    setShowTimes(show) {
      writer.setShowTimes(show);
      writer.redraw();
    },
    close() {
      ending.abort();
      stopListening();
      socket.off('connect', onConnect);
      writer.close();
      if (socket.connected) {
        void call(socket, clientCalls, 'console:unsubscribe', { serverId }).catch(() => {});
      }
    },
  };
}

/** Fetches what is missing, page by page, the newest gap first. */
async function fillGaps(options: {
  log: ConsoleLog;
  writer: ScreenWriter;
  params: { id: string };
  stream: ConsoleStream | undefined;
  signal: AbortSignal;
}): Promise<void> {
  const { log, writer, params, stream, signal } = options;
  for (const gap of [...log.gaps()].reverse()) {
    let after = gap.fromSeq - 1;
    while (after < gap.toSeq) {
      const page = await api.console.logs({ params, query: { after, limit: 1000, stream }, signal });
      const reached = page.items.at(-1)?.seq ?? gap.toSeq;
      const isComplete = page.nextCursor === null || reached >= gap.toSeq;
      log.fill(page.items, { fromSeq: after + 1, toSeq: gap.toSeq }, isComplete);
      if (isComplete) break;
      after = reached;
    }
    writer.redrawAt(gap.fromSeq);
  }
}

const missingIn = (log: ConsoleLog): number =>
  log.gaps().reduce((sum, { fromSeq, toSeq }) => sum + toSeq - fromSeq + 1, 0);
