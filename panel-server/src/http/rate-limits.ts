import { AppError } from '@catalyst/shared/contract/errors';
import type { RateLimits } from '../config.ts';

const windowMs = 60_000;
const maxKeys = 20_000;

/** Who may ask how often: for each kind of request, a bucket per address or user that refills evenly over a minute. */
export class RateLimiter {
  readonly #limits: RateLimits;
  readonly #buckets = new Map<string, { left: number; at: number }>();

  constructor(limits: RateLimits) {
    this.#limits = limits;
  }

  /** Takes one request; throws `rate_limited` when there is none left. */
  take(kind: 'anonymous' | 'signedIn' | 'health' | 'files' | 'sockets' | 'tickets', who: string): void {
    const limit = this.#limits[kind];
    const key = `${kind} ${who}`;
    const now = performance.now();
    const bucket = this.#buckets.get(key);
    if (!bucket) {
      if (this.#buckets.size >= maxKeys) this.#dropFull(now);
      this.#buckets.set(key, { left: limit - 1, at: now });
      return;
    }
    bucket.left = Math.min(limit, bucket.left + ((now - bucket.at) / windowMs) * limit);
    bucket.at = now;
    if (bucket.left < 1) {
      throw new AppError('rate_limited', 'Too many requests. Slow down', {
        retryAfterSeconds: Math.ceil(((1 - bucket.left) * windowMs) / limit / 1000),
      });
    }
    bucket.left -= 1;
  }

  /** Buckets that have refilled say nothing; if all are in use, the oldest go. */
  #dropFull(now: number): void {
    for (const [key, { at }] of this.#buckets) if (now - at > windowMs) this.#buckets.delete(key);
    for (const key of this.#buckets.keys()) {
      if (this.#buckets.size < maxKeys) return;
      this.#buckets.delete(key);
    }
  }
}
