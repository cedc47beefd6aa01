import { orAborted } from '../../../waiting.ts';
import type { Progress } from '../../runtime.ts';

type Listener = (progress: Progress) => void;

interface SharedWork<T> {
  readonly result: Promise<T>;
  readonly stop: AbortController;
  readonly listeners: Set<Listener>;
  last: Progress | null;
}

/** Long works that several want at once: each is done once, all see its progress, and it ends when nobody wants it. */
export class SharedWorks<T> {
  readonly #works = new Map<string, SharedWork<T>>();

  /** Rejects with the signal's reason as soon as it is aborted, whatever becomes of the work. */
  async join(
    key: string,
    start: (report: Listener, signal: AbortSignal) => Promise<T>,
    onProgress: Listener,
    signal: AbortSignal,
  ): Promise<T> {
    signal.throwIfAborted();
    const work = this.#works.get(key) ?? this.#start(key, start);
    // The same function may listen twice.
    const listener: Listener = (progress) => onProgress(progress);
    work.listeners.add(listener);
    if (work.last) listener(work.last);
    try {
      return await orAborted(work.result, signal);
    } catch (error) {
      work.listeners.delete(listener);
      if (work.listeners.size > 0 || !signal.aborted) throw error;
      this.#forget(key, work);
      work.stop.abort(signal.reason);
      // Who was the last to want it may rely on all of it being over.
      await work.result.catch(() => {});
      throw error;
    }
  }

  #start(key: string, start: (report: Listener, signal: AbortSignal) => Promise<T>): SharedWork<T> {
    const stop = new AbortController();
    const report: Listener = (progress) => {
      work.last = progress;
      for (const listener of work.listeners) listener(progress);
    };
    const { promise, resolve } = Promise.withResolvers<T>();
    const work: SharedWork<T> = { result: promise, stop, listeners: new Set(), last: null };
    this.#works.set(key, work);
    resolve(start(report, stop.signal).finally(() => this.#forget(key, work)));
    // Each who joined sees the failure; when all have left, nobody does.
    promise.catch(() => {});
    return work;
  }

  #forget(key: string, work: SharedWork<T>): void {
    if (this.#works.get(key) === work) this.#works.delete(key);
  }
}
