import { orAborted } from '../waiting.ts';

/** Lets so many do something at a time, in the order they came. One that takes very long no longer holds up the others. */
export class Turns {
  readonly #patienceMs: number;
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number, patienceMs: number) {
    this.#free = count;
    this.#patienceMs = patienceMs;
  }

  /** Rejects with the signal's reason when it is aborted before its turn. */
  async take<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    await this.#turn(signal);
    let isOver = false;
    const end = () => {
      if (isOver) return;
      isOver = true;
      this.#next();
    };
    const timer = setTimeout(end, this.#patienceMs);
    try {
      return await work();
    } finally {
      clearTimeout(timer);
      end();
    }
  }

  async #turn(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    try {
      await orAborted(promise, signal);
    } catch (error) {
      const place = this.#waiting.indexOf(resolve);
      if (place === -1) this.#next();
      else this.#waiting.splice(place, 1);
      throw error;
    }
  }

  #next(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free += 1;
  }
}
