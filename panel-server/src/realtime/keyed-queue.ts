/** Does work of one key in order, one at a time; different keys do not wait for each other. */
export class KeyedQueue {
  readonly #queues = new Map<string, { tail: Promise<unknown>; length: number }>();

  /** How much has been given for this key and is not done. */
  lengthOf(key: string): number {
    return this.#queues.get(key)?.length ?? 0;
  }

  run<T>(key: string, work: () => Promise<T> | T): Promise<T> {
    const queue = this.#queues.get(key) ?? { tail: Promise.resolve(), length: 0 };
    this.#queues.set(key, queue);
    queue.length += 1;
    const done = queue.tail.then(work);
    queue.tail = done
      .catch(() => {})
      .then(() => {
        queue.length -= 1;
        if (queue.length === 0) this.#queues.delete(key);
      });
    return done;
  }

  /** When all that was given so far is done. */
  async idle(): Promise<void> {
    await Promise.all([...this.#queues.values()].map(({ tail }) => tail));
  }
}
