/** A bucket that refills all the time and holds what one second may bring, several times over. */
export class MessageLimit {
  readonly #perSecond: number;
  readonly #capacity: number;
  #level: number;
  #at = performance.now();

  constructor(perSecond: number, burstSeconds: number) {
    this.#perSecond = perSecond;
    this.#capacity = perSecond * burstSeconds;
    this.#level = this.#capacity;
  }

  /** Whether this much may pass now; it is taken if so. */
  take(amount = 1): boolean {
    if (!this.has(amount)) return false;
    this.#level -= amount;
    return true;
  }

  has(amount: number): boolean {
    const now = performance.now();
    this.#level = Math.min(this.#capacity, this.#level + ((now - this.#at) / 1000) * this.#perSecond);
    this.#at = now;
    return this.#level >= amount;
  }

  get isFull(): boolean {
    return this.has(this.#capacity);
  }
}

/** One bucket for each of many keys; those that are full again are forgotten. */
export class MessageLimits {
  readonly #perSecond: number;
  readonly #burstSeconds: number;
  readonly #limits = new Map<string, MessageLimit>();

  constructor(perSecond: number, burstSeconds: number) {
    this.#perSecond = perSecond;
    this.#burstSeconds = burstSeconds;
  }

  take(key: string, amount = 1): boolean {
    let limit = this.#limits.get(key);
    if (!limit) {
      if (this.#limits.size >= 10_000) this.#forgetFull();
      limit = new MessageLimit(this.#perSecond, this.#burstSeconds);
      this.#limits.set(key, limit);
    }
    return limit.take(amount);
  }

  /** Whether one more would pass. */
  has(key: string): boolean {
    return this.#limits.get(key)?.has(1) ?? true;
  }

  #forgetFull(): void {
    for (const [key, limit] of this.#limits) if (limit.isFull) this.#limits.delete(key);
  }
}
