import { type Observable, observable } from '../../../api/observable.ts';

export type TransferState = 'waiting' | 'running' | 'done' | 'skipped' | 'failed' | 'cancelled';

/** One file on its way to a server. */
export interface Transfer {
  id: number;
  serverId: string;
  /** Its path below the folder it was dropped on. */
  name: string;
  sizeBytes: number;
  sentBytes: number;
  bytesPerSecond: number;
  state: TransferState;
  error?: unknown;
}

export interface Sending {
  onProgress: (sentBytes: number) => void;
  /** Whoever aborts wants nothing of it to be left. */
  signal: AbortSignal;
  /** While it is true nothing is sent. */
  isPaused: Observable<boolean>;
}

/** Sends it; called again after a failure, it goes on where it can. */
export type SendTransfer = (sending: Sending) => Promise<'done' | 'skipped'>;

export interface NewTransfer extends Pick<Transfer, 'serverId' | 'name' | 'sizeBytes'> {
  send: SendTransfer;
  /** Called when nobody will try again what has failed. */
  discard?: () => void;
}

interface Job extends Pick<NewTransfer, 'send' | 'discard'> {
  samples: { at: number; bytes: number }[];
  abort?: AbortController;
  onEnd: () => void;
}

const atOnce = 3;
/** A speed is that of so long, so that it neither jumps nor lags. */
const speedMs = 3000;

export const isOver = ({ state }: Pick<Transfer, 'state'>): boolean =>
  state !== 'waiting' && state !== 'running';

/** What is to be sent, three at a time, in the order it came. */
export class TransferQueue {
  readonly transfers: Observable<readonly Transfer[]> = observable<readonly Transfer[]>([]);
  readonly isPaused: Observable<boolean> = observable(false);
  readonly #jobs = new Map<number, Job>();
  readonly #now: () => number;
  #lastId = 0;
  #running = 0;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Resolves with how they ended when all of them have, in their order. */
  async add(items: readonly NewTransfer[]): Promise<Transfer[]> {
    const added = items.map(({ send, discard, ...item }) => {
      this.#lastId += 1;
      const id = this.#lastId;
      const ended = new Promise<void>((onEnd) => this.#jobs.set(id, { send, discard, samples: [], onEnd }));
      return { id, ended, item };
    });
    this.transfers.set([
      ...this.transfers.get(),
      ...added.map(({ id, item }) => ({
        ...item,
        id,
        sentBytes: 0,
        bytesPerSecond: 0,
        state: 'waiting' as const,
      })),
    ]);
    this.#startNext();
    // Whoever clears the list takes them out of it, so they are looked at as they end.
    const ends = await Promise.all(added.map(({ id, ended }) => ended.then(() => this.#find(id))));
    return ends.filter((end) => end !== undefined);
  }

  cancel(id: number): void {
    const transfer = this.#find(id);
    if (!transfer || isOver(transfer)) return;
    if (transfer.state === 'running') this.#jobs.get(id)?.abort?.abort();
    else this.#end(id, { state: 'cancelled' });
  }

  cancelAll(): void {
    for (const transfer of [...this.transfers.get()].reverse()) this.cancel(transfer.id);
  }

  /** Sends again what failed or was cancelled. */
  retry(id: number): void {
    const transfer = this.#find(id);
    if (transfer?.state !== 'failed' && transfer?.state !== 'cancelled') return;
    this.#change(id, { state: 'waiting', error: undefined });
    this.#startNext();
  }

  /** Also what is being sent stands still. */
  pause(): void {
    this.isPaused.set(true);
    for (const { id, state } of this.transfers.get()) {
      if (state !== 'running') continue;
      this.#change(id, { bytesPerSecond: 0 });
      const job = this.#jobs.get(id);
      if (job) job.samples = [];
    }
  }

  resume(): void {
    this.isPaused.set(false);
    this.#startNext();
  }

  /** Takes those that have ended off the list. */
  clear(): void {
    for (const transfer of this.transfers.get()) {
      if (!isOver(transfer)) continue;
      if (transfer.state === 'failed') this.#jobs.get(transfer.id)?.discard?.();
      this.#jobs.delete(transfer.id);
    }
    this.transfers.set(this.transfers.get().filter((transfer) => !isOver(transfer)));
  }

  #startNext(): void {
    while (this.#running < atOnce && !this.isPaused.get()) {
      const next = this.transfers.get().find(({ state }) => state === 'waiting');
      if (!next) return;
      void this.#run(next.id);
    }
  }

  async #run(id: number): Promise<void> {
    const job = this.#jobs.get(id);
    if (!job) return;
    const abort = new AbortController();
    job.abort = abort;
    this.#running += 1;
    job.samples = [];
    this.#change(id, { state: 'running' });
    const onProgress = (sentBytes: number) => {
      const at = this.#now();
      const { samples } = job;
      samples.push({ at, bytes: sentBytes });
      while (samples.length > 2 && at - (samples[0]?.at ?? at) > speedMs) samples.shift();
      const from = samples[0] ?? { at, bytes: sentBytes };
      const seconds = (at - from.at) / 1000;
      // When all is sent it is still being written, at a speed that nobody tells.
      const isMoving = seconds > 0 && sentBytes < (this.#find(id)?.sizeBytes ?? 0);
      this.#change(id, {
        sentBytes,
        bytesPerSecond: isMoving ? Math.max(0, sentBytes - from.bytes) / seconds : 0,
      });
    };
    try {
      const state = await job.send({ onProgress, signal: abort.signal, isPaused: this.isPaused });
      this.#end(id, { state, ...(state === 'done' && { sentBytes: this.#find(id)?.sizeBytes ?? 0 }) });
    } catch (error) {
      this.#end(id, abort.signal.aborted ? { state: 'cancelled', sentBytes: 0 } : { state: 'failed', error });
    } finally {
      this.#running -= 1;
      this.#startNext();
    }
  }

  #end(id: number, changes: Partial<Transfer>): void {
    this.#change(id, { bytesPerSecond: 0, ...changes });
    this.#jobs.get(id)?.onEnd();
  }

  #find(id: number): Transfer | undefined {
    return this.transfers.get().find((transfer) => transfer.id === id);
  }

  #change(id: number, changes: Partial<Transfer>): void {
    this.transfers.set(
      this.transfers.get().map((transfer) => (transfer.id === id ? { ...transfer, ...changes } : transfer)),
    );
  }
}

export interface TransferSummary {
  total: number;
  active: number;
  done: number;
  failed: number;
  fraction: number;
  bytesPerSecond: number;
  /** Null while nobody can tell. */
  secondsLeft: number | null;
}

export function summaryOf(transfers: readonly Transfer[]): TransferSummary {
  const sum = (of: (transfer: Transfer) => number) => transfers.reduce((all, one) => all + of(one), 0);
  const counts = (...states: TransferState[]) =>
    transfers.filter(({ state }) => states.includes(state)).length;
  const isGivenUp = ({ state }: Transfer) =>
    state === 'cancelled' || state === 'skipped' || state === 'failed';
  const wanted = sum((one) => (isGivenUp(one) ? 0 : one.sizeBytes));
  const sent = sum((one) => (isGivenUp(one) ? 0 : one.sentBytes));
  const bytesPerSecond = sum((one) => one.bytesPerSecond);
  return {
    total: transfers.length,
    active: counts('waiting', 'running'),
    done: counts('done'),
    failed: counts('failed'),
    fraction: wanted === 0 ? 0 : sent / wanted,
    bytesPerSecond,
    secondsLeft: bytesPerSecond > 0 ? (wanted - sent) / bytesPerSecond : null,
  };
}
