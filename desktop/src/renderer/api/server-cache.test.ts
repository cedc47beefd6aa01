import { describe, expect, it } from 'vitest';
import { exampleServer } from '../features/servers/example-server.ts';
import { dropServer, mapServer, putServer, withState } from './server-cache.ts';
import { matchesFilter } from './server-filter.ts';

const id = (n: number) => `01980000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const server = (n: number) => exampleServer({ id: id(n), name: `Server ${n}` });
const pages = {
  pages: [
    { items: [server(1), server(2)], nextCursor: 'next' },
    { items: [server(3)], nextCursor: null },
  ],
  pageParams: [undefined, 'next'],
};
const idsOf = (list: typeof pages | undefined) =>
  list?.pages.map((page) => page.items.map((item) => item.id));

const update = {
  serverId: id(1),
  state: 'crashed' as const,
  previousState: 'running' as const,
  reason: 'out_of_memory' as const,
  reasonText: null,
  desiredState: 'running' as const,
  exitCode: 137,
  crashCount: 1,
  startedAt: null,
  nextRestartAt: null,
  at: new Date('2026-03-01T13:00:00Z'),
};

describe('an announced state', () => {
  it('becomes the state of the server, with when it crashed', () => {
    expect(withState(server(1), update)).toMatchObject({
      state: 'crashed',
      reason: 'out_of_memory',
      exitCode: 137,
      stateChangedAt: update.at,
      lastCrashAt: update.at,
      name: 'Server 1',
    });
  });

  it('that is older than what is known changes nothing', () => {
    const known = exampleServer({ stateChangedAt: new Date('2026-03-01T14:00:00Z') });
    expect(withState(known, update)).toBe(known);
  });

  it('ends the progress of an installation', () => {
    const installing = exampleServer({
      state: 'installing',
      installProgress: { step: 1, totalSteps: 2, label: 'Download' },
    });
    expect(withState(installing, { ...update, state: 'stopped' }).installProgress).toBeNull();
  });
});

describe('a loaded list', () => {
  it('changes only the page that holds the server', () => {
    const changed = mapServer(pages, id(3), (item) => ({ ...item, name: 'New' }));
    expect(changed?.pages[0]).toBe(pages.pages[0]);
    expect(changed?.pages[1]?.items[0]?.name).toBe('New');
  });

  it('stays the same object when the server is not in it', () => {
    expect(mapServer(pages, id(9), (item) => item)).toBe(pages);
    expect(dropServer(pages, id(9))).toBe(pages);
  });

  it('loses a server that was deleted', () => {
    expect(idsOf(dropServer(pages, id(2)))).toEqual([[id(1)], [id(3)]]);
  });

  it('takes a changed server in its place and a new one at the end', () => {
    expect(idsOf(putServer(pages, server(2)))).toEqual([[id(1), id(2)], [id(3)]]);
    expect(idsOf(putServer(pages, server(4)))).toEqual([
      [id(1), id(2)],
      [id(3), id(4)],
    ]);
    expect(putServer(undefined, server(4))).toBeUndefined();
  });
});

it('knows which filtered lists a server belongs to', () => {
  expect(matchesFilter(server(1), { q: 'SERVER', state: 'running' })).toBe(true);
  expect(matchesFilter(server(1), { state: 'stopped' })).toBe(false);
  expect(matchesFilter(server(1), { nodeId: id(7) })).toBe(false);
});
