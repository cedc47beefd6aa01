import type { FileEntry } from '@catalyst/shared/features/files';
import { expect, it } from 'vitest';
import { exampleEntry } from './example-entry.ts';
import { filterEntries, findByTyping, isFolder, isOpenable, sortEntries } from './file-list.ts';

const at = (day: number) => new Date(Date.UTC(2026, 0, day));
const entries = [
  exampleEntry({ name: 'config', type: 'folder', sizeBytes: 4096, modifiedAt: at(3) }),
  exampleEntry({ name: 'world', type: 'folder', sizeBytes: 64, modifiedAt: at(9) }),
  exampleEntry({ name: 'a.log', sizeBytes: 30, modifiedAt: at(5) }),
  exampleEntry({ name: 'b.yml', sizeBytes: 500, modifiedAt: at(1) }),
  exampleEntry({ name: 'c.yml', sizeBytes: 30, modifiedAt: at(7) }),
];
const names = (list: readonly FileEntry[]) => list.map(({ name }) => name).join(' ');

it.each([
  ['name', false, 'config world a.log b.yml c.yml'],
  ['name', true, 'world config c.yml b.yml a.log'],
  ['size', false, 'config world a.log c.yml b.yml'],
  ['size', true, 'config world b.yml a.log c.yml'],
  ['modified', false, 'config world b.yml a.log c.yml'],
  ['modified', true, 'world config c.yml a.log b.yml'],
] as const)('sorts by %s, descending: %s', (column, descending, expected) => {
  expect(names(sortEntries(entries, { column, descending }))).toBe(expected);
  expect(names(entries)).toBe('config world a.log b.yml c.yml');
});

it.each([
  ['yml', 'b.yml c.yml'],
  [' YML  b ', 'b.yml'],
  ['', 'config world a.log b.yml c.yml'],
  ['nothing', ''],
])('leaves what has “%s” in its name', (text, expected) => {
  expect(names(filterEntries(entries, text))).toBe(expected);
});

it.each([
  ['c', -1, 'config'],
  ['c', 0, 'c.yml'],
  ['c', 4, 'config'],
  ['co', 0, 'config'],
  ['W', 3, 'world'],
  ['x', 0, undefined],
])('goes to what begins with “%s” from %d', (typed, current, expected) => {
  expect(findByTyping(entries, typed, current)?.name).toBe(expected);
});

it('opens links as what they lead to, and what is no file not at all', () => {
  const link = (leadsTo: FileEntry['leadsTo']) => exampleEntry({ type: 'link', leadsTo });
  expect([link('folder'), link('file'), link(null)].map(isFolder)).toEqual([true, false, false]);
  expect([link('folder'), link('file'), link(null)].map(isOpenable)).toEqual([true, true, false]);
  expect(isOpenable(exampleEntry({ type: 'fifo' }))).toBe(false);
});
