interface TokenBucketSize {
  /** What it holds when full: so much may come at once. */
  capacity: number;
  perSecond: number;
}

/** Says how much may pass: full at first, it refills all the time. */
export class TokenBucket {
  readonly #capacity: number;
  readonly #perSecond: number;
  #level: number;
  #at = performance.now();

  constructor({ capacity, perSecond }: TokenBucketSize) {
    this.#capacity = capacity;
    this.#perSecond = perSecond;
    this.#level = capacity;
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

  /** How long until one may pass; 0 when it may now. */
  secondsUntilNext(): number {
    return this.has(1) ? 0 : (1 - this.#level) / this.#perSecond;
  }

  get isFull(): boolean {
    return this.has(this.#capacity);
  }
}

/** One bucket for each of many keys. */
export class TokenBuckets {
  readonly #size: TokenBucketSize;
  readonly #maxKeys: number;
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(size: TokenBucketSize, maxKeys = 20_000) {
    this.#size = size;
    this.#maxKeys = maxKeys;
  }

  take(key: string): boolean {
    let bucket = this.#buckets.get(key);
    if (!bucket) {
      if (this.#buckets.size >= this.#maxKeys) this.#makeRoom();
      bucket = new TokenBucket(this.#size);
      this.#buckets.set(key, bucket);
    }
    return bucket.take();
  }

  /** Whether one more would pass. */
  has(key: string): boolean {
    return this.#buckets.get(key)?.has(1) ?? true;
  }

  secondsUntilNext(key: string): number {
    return this.#buckets.get(key)?.secondsUntilNext() ?? 0;
  }

  /** Full buckets say nothing. If most are in use, the oldest go: so many that this is not done for each new key. */
  #makeRoom(): void {
    for (const [key, bucket] of this.#buckets) if (bucket.isFull) this.#buckets.delete(key);
    for (const key of this.#buckets.keys()) {
      if (this.#buckets.size <= this.#maxKeys * 0.75) return;
      this.#buckets.delete(key);
    }
  }
}
