import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createConsoleLog } from './console-log.ts';
import { createScreenWriter } from './screen-writer.ts';

const line = (seq: number) => ({ seq, at: new Date(0), stream: 'stdout' as const, text: `l${seq}` });
const lines = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => line(from + index));

/** A terminal that works off what it gets when told to. */
function fakeScreen() {
  let shown: string[] = [];
  const working: (() => void)[] = [];
  const split = (text: string) =>
    text
      .split('\r\n')
      .filter(Boolean)
      .map((part) => stripVTControlCharacters(part));
  return {
    shown: () => shown,
    aboveView: 0,
    writes: 0,
    write(text: string, done: () => void) {
      this.writes += 1;
      shown.push(...split(text));
      working.push(done);
    },
    replace(above: string | null, below: string, done: () => void) {
      this.writes += 1;
      shown = [...split(above ?? ''), ...split(below)];
      this.aboveView = split(above ?? '').length;
      working.push(done);
    },
    workOff() {
      for (const done of working.splice(0)) done();
    },
  };
}

function setUp() {
  const log = createConsoleLog({ isContiguous: true, limit: 10_000 });
  const screen = fakeScreen();
  const frames: (() => void)[] = [];
  const held: number[] = [];
  const writer = createScreenWriter({
    log,
    screen,
    schedule: (run) => frames.push(run),
    onHeld: (count) => held.push(count),
  });
  return {
    log,
    screen,
    writer,
    held,
    live: (from: number, to: number) => writer.push(log.append(lines(from, to))),
    frame() {
      for (const run of frames.splice(0)) run();
    },
  };
}

describe('live lines', () => {
  it('are written once a frame, together', () => {
    const { live, frame, screen } = setUp();
    live(1, 2);
    live(3, 3);
    expect(screen.writes).toBe(0);
    frame();
    expect(screen.writes).toBe(1);
    expect(screen.shown()).toEqual(['l1', 'l2', 'l3']);
  });

  it('wait until the terminal has worked off what it has', () => {
    const { live, frame, screen } = setUp();
    live(1, 1);
    frame();
    live(2, 2);
    frame();
    expect(screen.shown()).toEqual(['l1']);
    screen.workOff();
    frame();
    expect(screen.shown()).toEqual(['l1', 'l2']);
  });

  it('of a flood are shown by their last thousand', () => {
    const { live, frame, screen } = setUp();
    for (let batch = 0; batch < 10; batch += 1) live(batch * 500 + 1, batch * 500 + 500);
    frame();
    expect(screen.writes).toBe(1);
    expect(screen.shown()).toHaveLength(1000);
    expect(screen.shown().at(-1)).toBe('l5000');
  });
});

describe('a reader who scrolled back', () => {
  it('keeps what is on the screen, and sees how much came below', () => {
    const { live, frame, screen, writer, held } = setUp();
    live(1, 3);
    frame();
    screen.workOff();
    writer.hold();
    live(4, 9);
    frame();
    expect(screen.shown()).toHaveLength(3);
    expect(held.at(-1)).toBe(6);
    writer.release();
    frame();
    expect(screen.shown().at(-1)).toBe('l9');
    expect(held.at(-1)).toBe(0);
  });

  it('gets the end of what came when it was too much to keep', () => {
    const { live, frame, screen, writer } = setUp();
    writer.hold();
    live(1, 1500);
    live(1501, 3000);
    writer.release();
    frame();
    expect(screen.shown()).toHaveLength(1000);
    expect(screen.shown().at(-1)).toBe('l3000');
  });

  it('sees older lines above, the view where it was', () => {
    const { live, frame, screen, writer } = setUp();
    live(1, 2500);
    frame();
    screen.workOff();
    expect(screen.shown()[0]).toBe('l1501');
    expect(writer.showOlder()).toBe(true);
    expect(screen.shown()[0]).toBe('l501');
    expect(screen.aboveView).toBe(1000);
    screen.workOff();
    expect(writer.showOlder()).toBe(true);
    expect(screen.shown()[0]).toBe('l1');
    screen.workOff();
    expect(writer.showOlder()).toBe(false);
  });

  it('sees lines that were fetched before the others', () => {
    const { log, live, frame, screen, writer } = setUp();
    live(50, 60);
    frame();
    screen.workOff();
    log.prepend(lines(40, 49));
    expect(writer.showOlder()).toBe(true);
    expect(screen.shown()).toHaveLength(21);
    expect(screen.aboveView).toBe(10);
  });
});

it('shows a filled gap in its place', () => {
  const { log, live, frame, screen, writer } = setUp();
  live(1, 2);
  writer.push(log.noteDropped(3, 5));
  live(6, 6);
  frame();
  screen.workOff();
  expect(screen.shown()[2]).toContain('3 lines not shown');
  log.fill(lines(3, 5), { fromSeq: 3, toSeq: 5 }, true);
  writer.redrawAt(3);
  expect(screen.shown()).toEqual(['l1', 'l2', 'l3', 'l4', 'l5', 'l6']);
  expect(screen.aboveView).toBe(2);
});

it('writes nothing after its end', () => {
  const { live, frame, screen, writer } = setUp();
  live(1, 2);
  writer.close();
  frame();
  expect(screen.writes).toBe(0);
});
