import { describe, expect, it } from 'vitest';
import { createConsoleLog, isGap } from './console-log.ts';

const line = (seq: number) => ({ seq, at: new Date(0), stream: 'stdout' as const, text: `line ${seq}` });
const lines = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => line(from + index));
const shape = (log: ReturnType<typeof createConsoleLog>) =>
  log.entries().map((entry) => (isGap(entry) ? `${entry.fromSeq}-${entry.toSeq}` : entry.seq));
const newLog = (limit = 1000) => createConsoleLog({ isContiguous: true, limit });

describe('live lines', () => {
  it('are taken once, whatever arrives twice', () => {
    const log = newLog();
    log.append(lines(1, 3));
    expect(log.append(lines(2, 5)).length).toBe(2);
    expect(shape(log)).toEqual([1, 2, 3, 4, 5]);
  });

  it('show a gap where numbers are missing', () => {
    const log = newLog();
    log.append(lines(1, 2));
    log.append(lines(7, 8));
    expect(shape(log)).toEqual([1, 2, '3-6', 7, 8]);
    expect(log.gaps()).toEqual([{ fromSeq: 3, toSeq: 6 }]);
  });

  it('do not take the first line that is seen for the end of a gap', () => {
    const log = newLog();
    log.append([line(500)]);
    expect(log.gaps()).toEqual([]);
  });

  it('jump without a gap when only some streams are shown', () => {
    const log = createConsoleLog({ isContiguous: false, limit: 1000 });
    log.append([line(1), line(7)]);
    expect(shape(log)).toEqual([1, 7]);
  });
});

describe('dropped lines', () => {
  it('become one gap, however many messages tell of them', () => {
    const log = newLog();
    log.append(lines(1, 2));
    log.noteDropped(3, 100);
    log.noteDropped(101, 250);
    log.append([line(251)]);
    expect(shape(log)).toEqual([1, 2, '3-250', 251]);
  });

  it('that are here already leave no gap', () => {
    const log = newLog();
    log.append(lines(1, 5));
    expect(log.noteDropped(2, 4)).toEqual([]);
    expect(log.noteDropped(4, 7)).toEqual([{ fromSeq: 6, toSeq: 7 }]);
  });
});

describe('filling a gap', () => {
  const withGap = () => {
    const log = newLog();
    log.append([line(1)]);
    log.noteDropped(2, 9);
    log.append([line(10)]);
    return log;
  };

  it('puts the lines where they were missing', () => {
    const log = withGap();
    log.fill(lines(2, 9), { fromSeq: 2, toSeq: 9 }, true);
    expect(shape(log)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(log.newestSeq()).toBe(10);
  });

  it('keeps what is still missing after one page', () => {
    const log = withGap();
    log.fill(lines(2, 4), { fromSeq: 2, toSeq: 9 }, false);
    expect(shape(log)).toEqual([1, 2, 3, 4, '5-9', 10]);
  });

  it('ends the gap when the panel has no more of it', () => {
    const log = withGap();
    log.fill([], { fromSeq: 2, toSeq: 9 }, true);
    expect(shape(log)).toEqual([1, 10]);
  });

  it('takes no line of elsewhere', () => {
    const log = withGap();
    log.fill([...lines(2, 9), line(10), line(11)], { fromSeq: 2, toSeq: 9 }, true);
    expect(shape(log)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });
});

describe('older lines', () => {
  it('come before the loaded ones, without doubles', () => {
    const log = newLog();
    log.append(lines(10, 12));
    log.prepend(lines(7, 10));
    expect(shape(log)).toEqual([7, 8, 9, 10, 11, 12]);
    expect(log.oldestSeq()).toBe(7);
  });

  it('are the first lines of an empty log', () => {
    const log = newLog();
    log.prepend(lines(1, 3));
    expect(log.newestSeq()).toBe(3);
    expect(log.append(lines(3, 4))).toHaveLength(1);
  });

  it('are let go when there are too many', () => {
    const log = newLog(100);
    for (let seq = 1; seq <= 1000; seq += 1) log.append([line(seq)]);
    expect(log.entries().length).toBeLessThanOrEqual(120);
    expect(log.newestSeq()).toBe(1000);
    expect(log.oldestSeq()).toBeGreaterThan(880);
  });
});
