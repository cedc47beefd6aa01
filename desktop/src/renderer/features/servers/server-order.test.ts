import { expect, it } from 'vitest';
import { exampleServer } from './example-server.ts';
import { listRows } from './server-groups.ts';
import { filterServers, sortServers } from './server-order.ts';

const id = (n: number) => `01980000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const stats = (cpuPercent: number | null) => ({
  serverId: id(1),
  at: new Date(),
  cpuPercent,
  memoryBytes: null,
  diskBytes: null,
  pids: null,
});
const servers = [
  exampleServer({ id: id(1), name: 'world 10', state: 'stopped', stats: stats(null) }),
  exampleServer({ id: id(2), name: 'World 2', state: 'crashed', stats: stats(100), allocatedCpuCores: 4 }),
  exampleServer({
    id: id(3),
    name: 'Rails',
    stats: stats(50),
    allocatedCpuCores: 1,
    template: { id: 'openttd', name: 'OpenTTD', icon: 'openttd' },
    node: { id: id(9), name: 'cellar', online: true },
  }),
];
const names = (sorted: { name: string }[]) => sorted.map(({ name }) => name);

it('sorts names as people count', () => {
  expect(names(sortServers(servers, { column: 'name', descending: false }))).toEqual([
    'Rails',
    'World 2',
    'world 10',
  ]);
  expect(names(sortServers(servers, { column: 'name', descending: true }))).toEqual([
    'world 10',
    'World 2',
    'Rails',
  ]);
});

it('puts trouble first', () => {
  expect(names(sortServers(servers, { column: 'state', descending: false }))[0]).toBe('World 2');
});

it('compares use with what is allowed, the unknown last', () => {
  expect(names(sortServers(servers, { column: 'cpu', descending: false }))).toEqual([
    'Rails',
    'World 2',
    'world 10',
  ]);
});

it('finds every word anywhere in a row', () => {
  expect(names(filterServers(servers, { q: 'openttd CELLAR' }))).toEqual(['Rails']);
  expect(names(filterServers(servers, { q: 'openttd attic' }))).toEqual([]);
  expect(names(filterServers(servers, { q: '  ' }))).toHaveLength(3);
});

it('puts favourites first', () => {
  const isFavourite = (of: string) => of === id(1);
  expect(names(sortServers(servers, { column: 'favourite', descending: false }, isFavourite))).toEqual([
    'world 10',
    'Rails',
    'World 2',
  ]);
});

it('finds and filters by tag and group', () => {
  const labelled = [
    exampleServer({ id: id(4), name: 'One', tags: ['eu', 'hard core'], group: 'North' }),
    exampleServer({ id: id(5), name: 'Two', tags: ['europe'], group: 'South' }),
  ];
  expect(names(filterServers(labelled, { q: 'core north' }))).toEqual(['One']);
  expect(names(filterServers(labelled, { tag: 'eu' }))).toEqual(['One']);
  expect(names(filterServers(labelled, { group: 'South' }))).toEqual(['Two']);
});

it('arranges by group, those without one last', () => {
  const rows = listRows(
    [
      exampleServer({ id: id(4), name: 'Alone' }),
      exampleServer({ id: id(5), name: 'A', group: 'West 10' }),
      exampleServer({ id: id(6), name: 'B', group: 'West 2' }),
      exampleServer({ id: id(7), name: 'C', group: 'West 10' }),
    ],
    true,
  );
  const lines = rows.map((row) => ('server' in row ? row.server.name : `${row.heading} ${row.count}`));
  expect(lines).toEqual(['West 2 1', 'B', 'West 10 2', 'A', 'C', 'null 1', 'Alone']);
});

it('filters by state and node', () => {
  expect(names(filterServers(servers, { state: 'crashed' }))).toEqual(['World 2']);
  expect(names(filterServers(servers, { nodeId: id(9) }))).toEqual(['Rails']);
});
