import { AppError } from '@catalyst/shared/contract/errors';
import { type AgentLine, toViewerLines, type ViewerLine } from './console-text.ts';
import type { Broadcast, LineSource, Range, Viewer } from './console-viewer.ts';
import { contiguousRuns, sizeOf } from './line-runs.ts';

/** Lines that come before the live ones, at most. */
const maxBacklogLines = 1000;
/** What may wait unsent for one viewer before it is skipped. */
export const maxQueuedBytes = 1_000_000;
const drainCheckMs = 200;
/** About what a `dropped` range takes on the wire. */
const markerBytes = 120;

interface Follow {
  /** Number of the last line this viewer has or was told to have missed. */
  sentSeq: number;
  /**
   * `paused` reads no more of its backlog for now, `stalled` gets no live lines: both until it has drained. `ahead` has
   * lines from the history that the broadcasts have not come to.
   */
  state: 'backlog' | 'paused' | 'ahead' | 'live' | 'stalled';
}

interface Watch {
  serverId: string;
  nodeId: string;
  begun: Promise<Range>;
  /** Number of the last line that was broadcast or marked as dropped. */
  lastSeq: number;
  /** While a gap is being read, live lines wait in the agent's history: this is the newest that was seen. */
  catchingUpTo: number | null;
  follows: Map<Viewer, Follow>;
  collectors: Set<(lines: ViewerLine[]) => void>;
}

/**
 * Passes console lines from agents to viewers. Each viewer gets every number exactly once and in order, as a line or
 * within a `dropped` range: after a cut the agent's history fills the gap, and a viewer that does not read is skipped.
 */
export class ConsoleRelay {
  readonly #source: LineSource;
  readonly #broadcast: Broadcast;
  readonly #watches = new Map<string, Watch>();
  readonly #drainTimer: NodeJS.Timeout;

  constructor(source: LineSource, broadcast: Broadcast) {
    this.#source = source;
    this.#broadcast = broadcast;
    this.#drainTimer = setInterval(() => this.#resumeDrained(), drainCheckMs).unref();
  }

  close(): void {
    clearInterval(this.#drainTimer);
    this.#watches.clear();
  }

  /** Answers the range of the backlog that follows; without `afterSeq` it is the end of the history. */
  async subscribe(viewer: Viewer, server: { id: string; nodeId: string }, afterSeq?: number): Promise<Range> {
    const watch = this.#watch(server);
    const follow: Follow = { sentSeq: 0, state: 'backlog' };
    viewer.setLive(server.id, false);
    watch.follows.set(viewer, follow);
    try {
      const { firstSeq } = await watch.begun;
      const oldest = Math.max(firstSeq - 1, watch.lastSeq - maxBacklogLines, 0);
      const wanted = await this.#known(watch, afterSeq ?? oldest);
      follow.sentSeq = Math.max(wanted, oldest);
      // The answer goes out before the lines do.
      setImmediate(() => {
        if (wanted < follow.sentSeq) viewer.sendDropped(server.id, wanted + 1, follow.sentSeq);
        void this.#catchUp(watch, viewer, follow);
      });
      return { firstSeq: follow.sentSeq + 1, lastSeq: Math.max(watch.lastSeq, follow.sentSeq) };
    } catch (error) {
      this.#unfollow(watch, viewer);
      throw error;
    }
  }

  unsubscribe(viewer: Viewer, serverId: string): void {
    const watch = this.#watches.get(serverId);
    if (watch) this.#unfollow(watch, viewer);
  }

  /** Gets each batch that comes from now on. Answers the way to stop. */
  async collect(
    server: { id: string; nodeId: string },
    collector: (lines: ViewerLine[]) => void,
  ): Promise<() => void> {
    const watch = this.#watch(server);
    watch.collectors.add(collector);
    const stop = () => {
      watch.collectors.delete(collector);
      this.#endUnwatched(watch);
    };
    try {
      await watch.begun;
    } catch (error) {
      stop();
      throw error;
    }
    return stop;
  }

  /** The server is gone, and its viewers with it. */
  end(serverId: string): void {
    const watch = this.#watches.get(serverId);
    if (!watch) return;
    for (const viewer of watch.follows.keys()) viewer.setLive(serverId, false);
    watch.follows.clear();
    this.#watches.delete(serverId);
  }

  receiveLines(serverId: string, lines: readonly AgentLine[]): void {
    const watch = this.#watches.get(serverId);
    const newest = lines.at(-1);
    if (!watch || !newest) return;
    if (watch.catchingUpTo !== null) watch.catchingUpTo = Math.max(watch.catchingUpTo, newest.seq);
    else this.#relay(watch, lines);
  }

  receiveDropped(serverId: string, toSeq: number): void {
    const watch = this.#watches.get(serverId);
    if (!watch) return;
    if (watch.catchingUpTo !== null) watch.catchingUpTo = Math.max(watch.catchingUpTo, toSeq);
    else this.#drop(watch, toSeq);
  }

  /** The node's agent has a new connection: its lines wait until `resume` has read those before them. */
  hold(nodeId: string): void {
    for (const watch of this.#on(nodeId)) watch.catchingUpTo ??= watch.lastSeq;
  }

  /** The node's agent is back: watches again, and reads what the viewers missed. */
  async resume(nodeId: string): Promise<void> {
    await Promise.all(this.#on(nodeId).map((watch) => this.#resumeWatch(watch)));
  }

  #on(nodeId: string): Watch[] {
    return [...this.#watches.values()].filter((watch) => watch.nodeId === nodeId);
  }

  #watch({ id, nodeId }: { id: string; nodeId: string }): Watch {
    const existing = this.#watches.get(id);
    if (existing) return existing;
    const watch: Watch = {
      serverId: id,
      nodeId,
      begun: this.#source.watch(id, true),
      lastSeq: 0,
      catchingUpTo: 0,
      follows: new Map(),
      collectors: new Set(),
    };
    this.#watches.set(id, watch);
    watch.begun.then(
      ({ lastSeq }) => {
        watch.lastSeq = lastSeq;
        void this.#fillGap(watch);
      },
      () => this.#forget(watch),
    );
    return watch;
  }

  /** A number that somebody says he has, if there is such a line. */
  async #known(watch: Watch, seq: number): Promise<number> {
    if (seq <= watch.lastSeq) return seq;
    const { lastSeq } = await this.#source.read(watch.serverId, seq, 1);
    return Math.min(seq, Math.max(lastSeq, watch.lastSeq));
  }

  #unfollow(watch: Watch, viewer: Viewer): void {
    if (!watch.follows.delete(viewer)) return;
    viewer.setLive(watch.serverId, false);
    this.#endUnwatched(watch);
  }

  #endUnwatched(watch: Watch): void {
    if (watch.follows.size > 0 || watch.collectors.size > 0) return;
    // An agent that is away forgets its watches by itself.
    if (this.#forget(watch)) this.#source.watch(watch.serverId, false).catch(() => {});
  }

  #forget(watch: Watch): boolean {
    return this.#watches.get(watch.serverId) === watch && this.#watches.delete(watch.serverId);
  }

  /** Sends one viewer what it lacks, then makes it live. Ends early when the agent goes away; `resume` goes on. */
  async #catchUp(watch: Watch, viewer: Viewer, follow: Follow): Promise<void> {
    const isWanted = () => watch.follows.get(viewer) === follow && follow.state === 'backlog';
    for (let budget = 2 * maxBacklogLines; isWanted() && follow.sentSeq < watch.lastSeq; ) {
      this.#skipOld(watch, viewer, follow);
      const page = budget > 0 ? await this.#readAfter(watch, follow.sentSeq) : [];
      if (page === 'offline' || !isWanted()) return;
      // The history is ahead of the broadcasts: what those will bring is not sent twice.
      const lines = page.filter(({ seq }) => seq <= watch.lastSeq);
      if (lines.length === 0) return this.#skipToLive(watch, viewer, follow);
      budget -= lines.length;
      if (viewer.countQueued(sizeOf(lines)) > maxQueuedBytes) follow.state = 'paused';
      for (const { gap, lines: run } of contiguousRuns(lines, follow.sentSeq)) {
        if (gap) viewer.sendDropped(watch.serverId, gap.fromSeq, gap.toSeq);
        viewer.sendLines(watch.serverId, toViewerLines(run));
      }
      follow.sentSeq = Math.max(follow.sentSeq, lines.at(-1)?.seq ?? 0);
    }
    if (!isWanted()) return;
    if (follow.sentSeq > watch.lastSeq) follow.state = 'ahead';
    else this.#makeLive(watch, viewer, follow);
  }

  #skipOld(watch: Watch, viewer: Viewer, follow: Follow): void {
    const oldest = watch.lastSeq - maxBacklogLines;
    if (follow.sentSeq >= oldest) return;
    viewer.sendDropped(watch.serverId, follow.sentSeq + 1, oldest);
    follow.sentSeq = oldest;
  }

  #skipToLive(watch: Watch, viewer: Viewer, follow: Follow): void {
    if (follow.sentSeq < watch.lastSeq) viewer.sendDropped(watch.serverId, follow.sentSeq + 1, watch.lastSeq);
    follow.sentSeq = watch.lastSeq;
    this.#makeLive(watch, viewer, follow);
  }

  #makeLive(watch: Watch, viewer: Viewer, follow: Follow): void {
    follow.state = 'live';
    viewer.setLive(watch.serverId, true);
  }

  #relay(watch: Watch, lines: readonly AgentLine[]): void {
    for (const { gap, lines: run } of contiguousRuns(lines, watch.lastSeq)) {
      if (gap) this.#drop(watch, gap.toSeq);
      watch.lastSeq = run.at(-1)?.seq ?? watch.lastSeq;
      const viewerLines = toViewerLines(run);
      this.#advance(watch, sizeOf(run));
      this.#broadcast.lines(watch.serverId, viewerLines);
      for (const collector of watch.collectors) collector(viewerLines);
    }
  }

  #drop(watch: Watch, toSeq: number): void {
    if (toSeq <= watch.lastSeq) return;
    const fromSeq = watch.lastSeq + 1;
    watch.lastSeq = toSeq;
    this.#advance(watch, markerBytes);
    this.#broadcast.dropped(watch.serverId, fromSeq, toSeq);
  }

  /** Before a broadcast: those who do not keep up are left out of it. */
  #advance(watch: Watch, bytes: number): void {
    for (const [viewer, follow] of watch.follows) {
      if (follow.state === 'ahead' && watch.lastSeq >= follow.sentSeq) {
        follow.state = 'backlog';
        // After this broadcast, which is not for it.
        setImmediate(() => void this.#catchUp(watch, viewer, follow));
      }
      if (follow.state !== 'live') continue;
      if (viewer.countQueued(bytes) <= maxQueuedBytes) follow.sentSeq = watch.lastSeq;
      else {
        follow.state = 'stalled';
        viewer.setLive(watch.serverId, false);
      }
    }
  }

  #resumeDrained(): void {
    for (const watch of this.#watches.values()) {
      for (const [viewer, follow] of watch.follows) {
        if ((follow.state !== 'stalled' && follow.state !== 'paused') || !viewer.isDrained()) continue;
        if (follow.state === 'stalled') this.#skipToLive(watch, viewer, follow);
        else {
          follow.state = 'backlog';
          void this.#catchUp(watch, viewer, follow);
        }
      }
    }
  }

  async #resumeWatch(watch: Watch): Promise<void> {
    watch.catchingUpTo ??= watch.lastSeq;
    watch.begun = this.#source.watch(watch.serverId, true);
    const range = await watch.begun.catch((error: unknown) => (isOffline(error) ? 'offline' : null));
    if (range === 'offline') return;
    if (range) {
      // The agent's history is younger than what was seen: a new machine took the node's place.
      if (range.lastSeq < watch.lastSeq) this.#restartNumbers(watch, range.lastSeq);
      watch.catchingUpTo = Math.max(watch.catchingUpTo ?? 0, range.lastSeq);
    }
    await this.#fillGap(watch);
    for (const [viewer, follow] of watch.follows) {
      if (follow.state === 'backlog') void this.#catchUp(watch, viewer, follow);
    }
  }

  #restartNumbers(watch: Watch, lastSeq: number): void {
    watch.lastSeq = lastSeq;
    watch.catchingUpTo = lastSeq;
    for (const follow of watch.follows.values()) follow.sentSeq = Math.min(follow.sentSeq, lastSeq);
  }

  /** Broadcasts what came while nobody listened, newest part only when it is much. */
  async #fillGap(watch: Watch): Promise<void> {
    watch.catchingUpTo ??= watch.lastSeq;
    for (let budget = 2 * maxBacklogLines; budget > 0 && watch.lastSeq < watch.catchingUpTo; ) {
      this.#drop(watch, watch.catchingUpTo - maxBacklogLines);
      const lines = await this.#readAfter(watch, watch.lastSeq);
      if (lines === 'offline') return;
      if (lines.length === 0) break;
      this.#relay(watch, lines);
      budget -= lines.length;
    }
    this.#drop(watch, watch.catchingUpTo);
    watch.catchingUpTo = null;
  }

  /** Empty when the agent has nothing to give; `offline` when it is away and `resume` will go on. */
  async #readAfter(watch: Watch, after: number): Promise<AgentLine[] | 'offline'> {
    try {
      return (await this.#source.read(watch.serverId, after, maxBacklogLines)).lines;
    } catch (error) {
      return isOffline(error) ? 'offline' : [];
    }
  }
}

function isOffline(error: unknown): boolean {
  return error instanceof AppError && error.code === 'node_offline';
}
