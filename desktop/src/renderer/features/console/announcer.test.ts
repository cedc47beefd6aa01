import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Announcement, createAnnouncer } from './announcer.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function announcing() {
  const told: string[][] = [];
  const announcer = createAnnouncer({
    intervalMs: 2000,
    andMore: (count) => `and ${count} more`,
    announce: (announcements: Announcement[]) => told.push(announcements.map(({ text }) => text)),
  });
  return { announcer, told };
}

it('tells of a few lines together', () => {
  const { announcer, told } = announcing();
  announcer.add(['a']);
  announcer.add(['b']);
  expect(told).toEqual([]);
  vi.advanceTimersByTime(2000);
  expect(told).toEqual([['a', 'b']]);
});

it('tells of a flood by its last lines and its size', () => {
  const { announcer, told } = announcing();
  for (let n = 0; n < 50; n += 1) announcer.add([`line ${2 * n}`, `line ${2 * n + 1}`]);
  vi.advanceTimersByTime(2000);
  expect(told).toEqual([['line 96', 'line 97', 'line 98', 'line 99', 'and 96 more']]);
});

it('is silent when nothing comes and after its end', () => {
  const { announcer, told } = announcing();
  announcer.add([]);
  vi.advanceTimersByTime(10_000);
  announcer.add(['late']);
  announcer.close();
  vi.advanceTimersByTime(10_000);
  expect(told).toEqual([]);
});
