import { AppError } from '@catalyst/shared/contract/errors';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ConsoleRelay, maxQueuedBytes } from './console-relay.ts';
import type { AgentLine, ViewerLine } from './console-text.ts';
import type { Broadcast, LineSource, Viewer } from './console-viewer.ts';

const server = { id: 's', nodeId: 'n' };

/** An agent's console: lines by number, and a switch that takes the node away. */
class FakeSource implements LineSource {
  readonly history: AgentLine[] = [];
  isOnline = true;
  reads = 0;
  watches: boolean[] = [];
  /** Runs before each page is answered. */
  beforeRead: () => void | Promise<void> = () => {};

  async watch(_serverId: string, watch: boolean) {
    if (!this.isOnline) throw new AppError('node_offline', 'away');
    this.watches.push(watch);
    return this.#range();
  }

  async read(_serverId: string, after: number, limit: number) {
    await this.beforeRead();
    if (!this.isOnline) throw new AppError('node_offline', 'away');
    this.reads += 1;
    return { ...this.#range(), lines: this.history.filter(({ seq }) => seq > after).slice(0, limit) };
  }

  make(count: number): AgentLine[] {
    const first = (this.history.at(-1)?.seq ?? 0) + 1;
    const lines = Array.from({ length: count }, (_, index) => ({
      seq: first + index,
      at: Date.now(),
      stream: 'stdout' as const,
      text: `line ${first + index}`,
    }));
    this.history.push(...lines);
    return lines;
  }

  #range() {
    return { firstSeq: this.history[0]?.seq ?? 0, lastSeq: this.history.at(-1)?.seq ?? 0 };
  }
}

/** Keeps what reached it, as numbers and ranges in order. */
class FakeViewer implements Viewer {
  readonly got: (number | `${number}-${number}`)[] = [];
  isLive = false;
  queued = 0;
  isStuck = false;

  sendLines(_serverId: string, lines: ViewerLine[]) {
    this.got.push(...lines.map(({ seq }) => seq));
  }
  sendDropped(_serverId: string, fromSeq: number, toSeq: number) {
    this.got.push(`${fromSeq}-${toSeq}`);
  }
  setLive(_serverId: string, isLive: boolean) {
    this.isLive = isLive;
  }
  countQueued(bytes: number) {
    this.queued = this.isStuck ? this.queued + bytes : bytes;
    return this.queued;
  }
  isDrained() {
    return !this.isStuck;
  }

  /** Every number up to the last, each once and in order, whether as a line or as dropped. */
  get covered(): { from: number; to: number } {
    let from = 0;
    let expected: number | undefined;
    for (const one of this.got) {
      const [first, last] = typeof one === 'number' ? [one, one] : one.split('-').map(Number);
      if (first === undefined || last === undefined || last < first) throw new Error(`Bad range ${one}`);
      expected ??= from = first;
      if (first !== expected) throw new Error(`Expected ${expected}, got ${one}`);
      expected = last + 1;
    }
    return { from, to: (expected ?? 1) - 1 };
  }
}

function relayFor(source: FakeSource, viewers: FakeViewer[]): ConsoleRelay {
  const live = () => viewers.filter(({ isLive }) => isLive);
  const broadcast: Broadcast = {
    lines: (id, lines) => {
      for (const viewer of live()) viewer.sendLines(id, lines);
    },
    dropped: (id, from, to) => {
      for (const viewer of live()) viewer.sendDropped(id, from, to);
    },
  };
  const relay = new ConsoleRelay(source, broadcast);
  relays.push(relay);
  return relay;
}
const relays: ConsoleRelay[] = [];
afterEach(() => {
  for (const relay of relays.splice(0)) relay.close();
});

const isLive = (viewer: FakeViewer) => vi.waitFor(() => expect(viewer.isLive).toBe(true));

describe('a console that is followed', () => {
  it('begins with its last lines and goes on with the new ones', async () => {
    const source = new FakeSource();
    source.make(5);
    const viewer = new FakeViewer();
    const relay = relayFor(source, [viewer]);
    expect(await relay.subscribe(viewer, server)).toEqual({ firstSeq: 1, lastSeq: 5 });
    await isLive(viewer);
    relay.receiveLines('s', source.make(2));
    expect(viewer.got).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('answers before the first line', async () => {
    const source = new FakeSource();
    source.make(1);
    const viewer = new FakeViewer();
    await relayFor(source, [viewer]).subscribe(viewer, server);
    expect(viewer.got).toEqual([]);
    await isLive(viewer);
  });

  it('goes on after a number, without a gap or a repetition', async () => {
    const source = new FakeSource();
    source.make(10);
    const viewer = new FakeViewer();
    const relay = relayFor(source, [viewer]);
    expect(await relay.subscribe(viewer, server, 7)).toEqual({ firstSeq: 8, lastSeq: 10 });
    await isLive(viewer);
    expect(viewer.got).toEqual([8, 9, 10]);
    const upToDate = new FakeViewer();
    expect(await relay.subscribe(upToDate, server, 10)).toEqual({ firstSeq: 11, lastSeq: 10 });
    const ahead = new FakeViewer();
    expect(await relay.subscribe(ahead, server, 99)).toEqual({ firstSeq: 11, lastSeq: 10 });
  });

  it('marks what is more than a thousand lines behind', async () => {
    const source = new FakeSource();
    source.make(5000);
    const viewer = new FakeViewer();
    const relay = relayFor(source, [viewer]);
    expect(await relay.subscribe(viewer, server, 100)).toEqual({ firstSeq: 4001, lastSeq: 5000 });
    await isLive(viewer);
    expect(viewer.got[0]).toBe('101-4000');
    expect(viewer.covered).toEqual({ from: 101, to: 5000 });
    expect(viewer.got).toHaveLength(1001);
  });

  it('marks what the history no longer has', async () => {
    const source = new FakeSource();
    source.make(50);
    source.history.splice(0, 40);
    const viewer = new FakeViewer();
    await relayFor(source, [viewer]).subscribe(viewer, server, 3);
    await isLive(viewer);
    expect(viewer.got[0]).toBe('4-40');
    expect(viewer.covered).toEqual({ from: 4, to: 50 });
  });

  it('has no gap and no repetition while lines come during the backlog', async () => {
    const source = new FakeSource();
    source.make(900);
    const viewer = new FakeViewer();
    const early = new FakeViewer();
    const relay = relayFor(source, [viewer, early]);
    await relay.subscribe(early, server);
    await isLive(early);
    let rounds = 0;
    source.beforeRead = () => {
      if (rounds++ < 5) relay.receiveLines('s', source.make(30));
    };
    await relay.subscribe(viewer, server, 0);
    await isLive(viewer);
    relay.receiveLines('s', source.make(3));
    const last = source.history.length;
    expect(viewer.covered).toEqual({ from: 1, to: last });
    expect(early.covered).toEqual({ from: 1, to: last });
    expect(viewer.got.every((one) => typeof one === 'number')).toBe(true);
  });

  it('does not bring twice what the history has already and the agent sends a moment later', async () => {
    const source = new FakeSource();
    source.make(10);
    const early = new FakeViewer();
    const viewer = new FakeViewer();
    const relay = relayFor(source, [early, viewer]);
    await relay.subscribe(early, server);
    await isLive(early);
    const onTheirWay = source.make(20);
    await relay.subscribe(viewer, server, 0);
    await isLive(viewer);
    relay.receiveLines('s', onTheirWay.slice(0, 5));
    relay.receiveDropped('s', 20);
    relay.receiveLines('s', onTheirWay.slice(10));
    expect(viewer.covered).toEqual({ from: 1, to: 30 });
    expect(early.covered).toEqual({ from: 1, to: 30 });
  });

  it('does not bring again what was read from the history before', async () => {
    const source = new FakeSource();
    source.make(10);
    const early = new FakeViewer();
    const viewer = new FakeViewer();
    const relay = relayFor(source, [early, viewer]);
    await relay.subscribe(early, server);
    await isLive(early);
    const onTheirWay = source.make(20);
    // It has read up to 25 over HTTP; the live lines are at 10.
    expect(await relay.subscribe(viewer, server, 25)).toEqual({ firstSeq: 26, lastSeq: 25 });
    relay.receiveLines('s', onTheirWay.slice(0, 5));
    relay.receiveLines('s', onTheirWay.slice(5, 18));
    await isLive(viewer);
    relay.receiveLines('s', onTheirWay.slice(18));
    relay.receiveLines('s', source.make(1));
    expect(viewer.got).toEqual([26, 27, 28, 29, 30, 31]);
    expect(early.covered).toEqual({ from: 1, to: 31 });
  });

  it('catches up by skipping when lines come faster than they can be read', async () => {
    const source = new FakeSource();
    source.make(10);
    const viewer = new FakeViewer();
    const relay = relayFor(source, [viewer]);
    await relay.collect(server, () => {});
    source.beforeRead = () => relay.receiveLines('s', source.make(1500));
    await relay.subscribe(viewer, server, 0);
    await isLive(viewer);
    expect(viewer.covered.to).toBe(source.history.at(-1)?.seq);
  });

  it('marks a gap the agent does not speak of, and drops repetitions and disorder', async () => {
    const source = new FakeSource();
    const viewer = new FakeViewer();
    const relay = relayFor(source, [viewer]);
    await relay.subscribe(viewer, server);
    await isLive(viewer);
    const line = (seq: number): AgentLine => ({ seq, at: 0, stream: 'stdout', text: '' });
    relay.receiveLines('s', [line(1), line(2)]);
    relay.receiveLines('s', [line(2), line(5), line(4), line(6), line(6), line(9)]);
    relay.receiveLines('s', [line(3)]);
    relay.receiveDropped('s', 8);
    relay.receiveDropped('s', 12);
    expect(viewer.got).toEqual([1, 2, '3-4', 5, 6, '7-8', 9, '10-12']);
  });

  it('asks the agent once for many viewers, and lets it go with the last', async () => {
    const source = new FakeSource();
    const viewers = Array.from({ length: 20 }, () => new FakeViewer());
    const relay = relayFor(source, viewers);
    await Promise.all(viewers.map((viewer) => relay.subscribe(viewer, server)));
    for (const viewer of viewers) relay.unsubscribe(viewer, 's');
    expect(source.watches).toEqual([true, false]);
    relay.receiveLines('s', source.make(1));
    expect(viewers.flatMap(({ got }) => got)).toEqual([]);
  });

  it('cannot be followed while the node is offline, and can be afterwards', async () => {
    const source = new FakeSource();
    source.isOnline = false;
    const viewer = new FakeViewer();
    const relay = relayFor(source, [viewer]);
    await expect(relay.subscribe(viewer, server)).rejects.toMatchObject({ code: 'node_offline' });
    source.isOnline = true;
    await relay.subscribe(viewer, server);
    await isLive(viewer);
  });
});

describe('after the agent was away', () => {
  it('everybody gets what came meanwhile, read once', async () => {
    const source = new FakeSource();
    source.make(3);
    const viewers = [new FakeViewer(), new FakeViewer()];
    const relay = relayFor(source, viewers);
    for (const viewer of viewers) await relay.subscribe(viewer, server);
    for (const viewer of viewers) await isLive(viewer);
    source.isOnline = false;
    source.make(500);
    source.isOnline = true;
    source.reads = 0;
    await relay.resume('n');
    relay.receiveLines('s', source.make(1));
    for (const viewer of viewers) {
      expect(viewer.covered).toEqual({ from: 1, to: 504 });
      expect(viewer.got).toHaveLength(504);
    }
    expect(source.reads).toBe(1);
    expect(source.watches).toEqual([true, true]);
  });

  it('lines that come while the gap is read are neither lost nor doubled', async () => {
    const source = new FakeSource();
    const viewer = new FakeViewer();
    const relay = relayFor(source, [viewer]);
    await relay.subscribe(viewer, server);
    await isLive(viewer);
    source.make(100);
    let rounds = 0;
    source.beforeRead = () => {
      if (rounds++ < 3) relay.receiveLines('s', source.make(10));
    };
    await relay.resume('n');
    relay.receiveLines('s', source.make(1));
    expect(viewer.got).toEqual(source.history.map(({ seq }) => seq));
  });

  it('an agent that sends lines before it is asked to does not hide those before them', async () => {
    const source = new FakeSource();
    const viewer = new FakeViewer();
    const relay = relayFor(source, [viewer]);
    await relay.subscribe(viewer, server);
    await isLive(viewer);
    source.make(20);
    relay.hold('n');
    relay.receiveLines('s', source.make(1));
    await relay.resume('n');
    relay.receiveLines('s', source.make(1));
    expect(viewer.got).toEqual(source.history.map(({ seq }) => seq));
  });

  it('much is marked, and only its end is read', async () => {
    const source = new FakeSource();
    const viewer = new FakeViewer();
    const relay = relayFor(source, [viewer]);
    await relay.subscribe(viewer, server);
    await isLive(viewer);
    source.make(20_000);
    await relay.resume('n');
    expect(viewer.got[0]).toBe('1-19000');
    expect(viewer.covered).toEqual({ from: 1, to: 20_000 });
  });

  it('a backlog that was interrupted is finished', async () => {
    const source = new FakeSource();
    source.make(1500);
    const viewer = new FakeViewer();
    const relay = relayFor(source, [viewer]);
    source.beforeRead = () => {
      source.isOnline = false;
    };
    await relay.subscribe(viewer, server, 600);
    await vi.waitFor(() => expect(source.isOnline).toBe(false));
    expect(viewer.isLive).toBe(false);
    source.beforeRead = () => {};
    source.isOnline = true;
    source.make(10);
    await relay.resume('n');
    await isLive(viewer);
    expect(viewer.covered).toEqual({ from: 601, to: 1510 });
  });

  it('a history that began anew is followed from where it is', async () => {
    const source = new FakeSource();
    source.make(100);
    const viewer = new FakeViewer();
    const relay = relayFor(source, [viewer]);
    await relay.subscribe(viewer, server, 100);
    await isLive(viewer);
    source.history.length = 0;
    source.make(2);
    await relay.resume('n');
    relay.receiveLines('s', source.make(1));
    expect(viewer.got).toEqual([3]);
  });
});

describe('a viewer that does not read', () => {
  it('is skipped, told what it missed once it reads again, and holds up nobody', async () => {
    const source = new FakeSource();
    const slow = new FakeViewer();
    const quick = new FakeViewer();
    const relay = relayFor(source, [slow, quick]);
    await relay.subscribe(slow, server);
    await relay.subscribe(quick, server);
    await isLive(slow);
    await isLive(quick);
    slow.isStuck = true;
    const batches = Math.ceil(maxQueuedBytes / (200 * 85)) + 50;
    for (let batch = 0; batch < batches; batch += 1) relay.receiveLines('s', source.make(200));
    expect(quick.got).toHaveLength(batches * 200);
    const before = slow.got.length;
    expect(before).toBeLessThan(batches * 200);
    relay.receiveLines('s', source.make(200));
    expect(slow.got).toHaveLength(before);
    slow.isStuck = false;
    await isLive(slow);
    relay.receiveLines('s', source.make(1));
    expect(slow.covered).toEqual({ from: 1, to: source.history.length });
    expect(quick.covered).toEqual(slow.covered);
    expect(slow.got.filter((one) => typeof one === 'string')).toHaveLength(1);
  });
});
