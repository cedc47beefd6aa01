import { orAborted } from '../../../waiting.ts';

/** Works of the same key happen one after the other, others side by side. Waiting ends with the signal. */
export class KeyedQueue {
  readonly #queues = new Map<string, { tail: Promise<unknown>; members: number }>();

  /** Whether somebody works with this key, or waits to. */
  isBusy(key: string): boolean {
    return this.#queues.has(key);
  }

  async run<T>(key: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const queue = this.#queues.get(key) ?? { tail: Promise.resolve(), members: 0 };
    this.#queues.set(key, queue);
    const before = queue.tail;
    const turn = Promise.withResolvers<void>();
    // Whoever comes later waits for all before, also when one in the middle gives up waiting.
    queue.tail = Promise.all([before, turn.promise]);
    queue.members++;
    try {
      await orAborted(before, signal);
      return await work();
    } finally {
      turn.resolve();
      if (--queue.members === 0) this.#queues.delete(key);
    }
  }
}
