import { AppError } from '@catalyst/shared/contract/errors';
import type { RateLimits } from '../config.ts';
import { TokenBuckets } from '../token-bucket.ts';

const kinds = ['anonymous', 'signedIn', 'health', 'files', 'sockets', 'tickets'] as const;
type RequestKind = (typeof kinds)[number];

/** Who may ask how often: for each kind of request, a bucket per address or user that refills evenly over a minute. */
export class RateLimiter {
  readonly #buckets: Record<RequestKind, TokenBuckets>;
  /** Of those who have a limit of their own, by that limit. */
  readonly #own = new Map<number, TokenBuckets>();

  constructor(perMinute: RateLimits) {
    const entries = kinds.map((kind) => [
      kind,
      new TokenBuckets({ capacity: perMinute[kind], perSecond: perMinute[kind] / 60 }),
    ]);
    this.#buckets = Object.fromEntries(entries);
  }

  /** Takes one request; throws `rate_limited` when there is none left. */
  take(kind: RequestKind, who: string): void {
    this.#take(this.#buckets[kind], who);
  }

  /** The same, for somebody with a limit of his own. */
  takeOwn(who: string, perMinute: number): void {
    const buckets =
      this.#own.get(perMinute) ?? new TokenBuckets({ capacity: perMinute, perSecond: perMinute / 60 });
    this.#own.set(perMinute, buckets);
    this.#take(buckets, who);
  }

  #take(buckets: TokenBuckets, who: string): void {
    if (buckets.take(who)) return;
    throw new AppError('rate_limited', 'Too many requests. Slow down', {
      retryAfterSeconds: Math.ceil(buckets.secondsUntilNext(who)),
    });
  }
}
