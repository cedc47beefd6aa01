import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TokenBucket, TokenBuckets } from './token-bucket.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a token bucket', () => {
  it('lets so much through at once, and more as time passes', () => {
    const bucket = new TokenBucket({ capacity: 3, perSecond: 2 });
    expect([bucket.take(), bucket.take(), bucket.take(), bucket.take()]).toEqual([true, true, true, false]);
    expect(bucket.secondsUntilNext()).toBe(0.5);
    vi.advanceTimersByTime(500);
    expect(bucket.secondsUntilNext()).toBe(0);
    expect([bucket.take(), bucket.take()]).toEqual([true, false]);
    vi.advanceTimersByTime(60_000);
    expect([bucket.isFull, bucket.take(4), bucket.take(3)]).toEqual([true, false, true]);
  });

  it('is one for each key', () => {
    const buckets = new TokenBuckets({ capacity: 1, perSecond: 1 });
    expect([buckets.take('a'), buckets.take('a'), buckets.take('b')]).toEqual([true, false, true]);
    expect([buckets.has('a'), buckets.has('c')]).toEqual([false, true]);
    expect(buckets.secondsUntilNext('a')).toBe(1);
  });

  it('is forgotten when full, and the oldest first when too many are in use', () => {
    const buckets = new TokenBuckets({ capacity: 1, perSecond: 1 }, 4);
    for (const key of ['a', 'b']) buckets.take(key);
    vi.advanceTimersByTime(900);
    for (const key of ['c', 'd']) buckets.take(key);
    vi.advanceTimersByTime(100);
    // `a` and `b` are full again: forgetting them loses nothing, and the others stay as they are.
    buckets.take('e');
    expect(['c', 'd', 'e'].map((key) => buckets.has(key))).toEqual([false, false, false]);
    buckets.take('f');
    buckets.take('g');
    expect(['c', 'd', 'e', 'f', 'g'].map((key) => buckets.has(key))).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});
