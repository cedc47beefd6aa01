import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ConsoleLine } from './console-line.ts';
import { LiveFeed, type LiveMessage } from './live-feed.ts';

let messages: LiveMessage[];
let problems: string[];
let nextSeq: number;

function lines(count: number, text = 'x'): ConsoleLine[] {
  return Array.from({ length: count }, () => ({ seq: nextSeq++, at: 0, stream: 'stdout' as const, text }));
}

function feed(limits = { linesPerSecond: 2000, bytesPerSecond: 2_000_000 }): LiveFeed {
  const live = new LiveFeed(limits, (message) => problems.push(message));
  live.subscribe((message) => messages.push(message));
  return live;
}

const delivered = () => messages.flatMap((message) => ('lines' in message ? message.lines : []));

/** Every number exactly once, in order, as a line or within a dropped range. */
function expectNoUnmarkedGap(toSeq: number) {
  let next = 1;
  for (const message of messages) {
    if ('dropped' in message) {
      expect(message.dropped.fromSeq).toBe(next);
      next = message.dropped.toSeq + 1;
    } else for (const { seq } of message.lines) expect(seq).toBe(next++);
  }
  expect(next).toBe(toSeq + 1);
}

beforeEach(() => {
  vi.useFakeTimers();
  messages = [];
  problems = [];
  nextSeq = 1;
});
afterEach(() => {
  vi.useRealTimers();
});

describe('LiveFeed', () => {
  it('sends the first line after quiet in the same tick', () => {
    const live = feed();
    live.push(lines(1));
    expect(delivered()).toHaveLength(1);
    vi.advanceTimersByTime(1000);
    live.push(lines(1));
    expect(delivered()).toHaveLength(2);
  });

  it('batches what follows closely, for at most 10 ms', () => {
    const live = feed();
    live.push(lines(100));
    live.push(lines(1));
    live.push(lines(1));
    expect(messages).toHaveLength(1);
    vi.advanceTimersByTime(10);
    expect(messages).toHaveLength(2);
    expect(delivered()).toHaveLength(102);
  });

  it('keeps a flood under the limit in every second and marks each gap', () => {
    const live = feed();
    const times: number[] = [];
    live.subscribe((message) => {
      if ('lines' in message) times.push(...message.lines.map(() => performance.now()));
    });
    for (let ms = 0; ms < 5000; ms += 10) {
      live.push(lines(500));
      vi.advanceTimersByTime(10);
    }
    vi.advanceTimersByTime(2000);
    expectNoUnmarkedGap(nextSeq - 1);
    expect(times.length).toBeGreaterThan(7000);
    times.forEach((time, index) => {
      const later = times[index + 2000];
      if (later !== undefined) expect(later - time).toBeGreaterThan(1000);
    });
    expect(messages.filter((message) => 'dropped' in message).length).toBeLessThan(30);
  });

  it('ends a flood with its newest lines', () => {
    const live = feed();
    live.push(lines(50_000));
    vi.advanceTimersByTime(3000);
    expect(delivered().at(-1)?.seq).toBe(50_000);
    expectNoUnmarkedGap(50_000);
  });

  it('drops nothing of a steady stream just under the limit', () => {
    const live = feed();
    for (let ms = 0; ms < 3000; ms += 10) {
      live.push(lines(19));
      vi.advanceTimersByTime(10);
    }
    vi.advanceTimersByTime(10);
    expect(delivered()).toHaveLength(5700);
  });

  it('limits bytes as well, but never stops for good', () => {
    const live = feed({ linesPerSecond: 2000, bytesPerSecond: 10_000 });
    for (let index = 0; index < 20; index++) live.push(lines(1, 'x'.repeat(4000)));
    expect(delivered().length).toBeLessThanOrEqual(2);
    vi.advanceTimersByTime(5000);
    expectNoUnmarkedGap(20);
    live.push(lines(1, 'x'.repeat(20_000)));
    vi.advanceTimersByTime(5000);
    expect(delivered().at(-1)?.seq).toBe(21);
  });

  it('gives a new subscriber only what comes after', () => {
    const live = feed();
    live.push(lines(10));
    live.push(lines(1));
    const late: LiveMessage[] = [];
    live.subscribe((message) => late.push(message));
    vi.advanceTimersByTime(100);
    live.push(lines(1));
    expect(
      late.flatMap((message) => ('lines' in message ? message.lines : [])).map(({ seq }) => seq),
    ).toEqual([12]);
    expectNoUnmarkedGap(12);
  });

  it('sends nothing after the end of a subscription, and keeps no timer', () => {
    const live = new LiveFeed({ linesPerSecond: 2000, bytesPerSecond: 2_000_000 }, () => {});
    const end = live.subscribe((message) => messages.push(message));
    live.push(lines(10));
    live.push(lines(10));
    end();
    vi.advanceTimersByTime(1000);
    live.push(lines(10));
    expect(delivered()).toHaveLength(10);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('goes on when a listener throws', () => {
    const live = new LiveFeed({ linesPerSecond: 2000, bytesPerSecond: 2_000_000 }, (message) =>
      problems.push(message),
    );
    live.subscribe(() => {
      throw new Error('broken');
    });
    live.subscribe((message) => messages.push(message));
    live.push(lines(1));
    expect(delivered()).toHaveLength(1);
    expect(problems).toEqual(['A console listener failed']);
  });
});
