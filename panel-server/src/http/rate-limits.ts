import { AppError } from '@catalyst/shared/contract/errors';
import type { RateLimits } from '../config.ts';
import { TokenBuckets } from '../token-bucket.ts';
import type { SharedBuckets } from './shared-buckets.ts';

const kinds = ['anonymous', 'signedIn', 'health', 'files', 'sockets', 'tickets'] as const;
type RequestKind = (typeof kinds)[number];

/**
 * Who may ask how often: for each kind of request, a bucket per address, user or key that refills evenly over a minute.
 * With Redis, all panels take from the same ones; what is here then only spares it those who are over the limit anyway.
 */
export class RateLimiter {
  readonly #perMinute: RateLimits;
  readonly #shared: SharedBuckets | undefined;
  /** By how many a minute pass. */
  readonly #own = new Map<number, TokenBuckets>();
  readonly #buckets: Record<RequestKind, TokenBuckets>;

  constructor(perMinute: RateLimits, shared?: SharedBuckets) {
    this.#perMinute = perMinute;
    this.#shared = shared;
    this.#buckets = Object.fromEntries(kinds.map((kind) => [kind, bucketsOf(perMinute[kind])])) as Record<
      RequestKind,
      TokenBuckets
    >;
  }

  /** Takes one request; throws `rate_limited`, or rejects with it, when there is none left. */
  take(kind: RequestKind, who: string): void | Promise<void> {
    takeHere(this.#buckets[kind], who);
    if (this.#shared) return takeShared(this.#shared, `${kind} ${who}`, this.#perMinute[kind]);
  }

  /** The same, for somebody with a limit of his own. */
  takeOwn(who: string, perMinute: number): void | Promise<void> {
    const buckets = this.#own.get(perMinute) ?? bucketsOf(perMinute);
    this.#own.set(perMinute, buckets);
    takeHere(buckets, who);
    if (this.#shared) return takeShared(this.#shared, `own ${who}`, perMinute);
  }
}

const bucketsOf = (perMinute: number) => new TokenBuckets({ capacity: perMinute, perSecond: perMinute / 60 });

function takeHere(buckets: TokenBuckets, who: string): void {
  if (!buckets.take(who)) throw tooMany(buckets.secondsUntilNext(who));
}

async function takeShared(shared: SharedBuckets, key: string, perMinute: number): Promise<void> {
  const waitMs = await shared.take(key, perMinute);
  if (waitMs) throw tooMany(waitMs / 1000);
}

const tooMany = (seconds: number) =>
  new AppError('rate_limited', 'Too many requests. Slow down', {
    retryAfterSeconds: Math.max(1, Math.ceil(seconds)),
  });
