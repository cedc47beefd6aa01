import { expect, it } from 'vitest';
import { exampleTemplate } from '../servers/new-server/example-template.ts';
import { filterTemplates, sortTemplates } from './filter-templates.ts';

const rust = {
  ...exampleTemplate,
  id: 'rust-2',
  name: 'Rust',
  summary: 'Survive',
  author: 'ann@example.org',
  tags: ['steam'],
  origin: 'imported' as const,
};
const templates = [rust, exampleTemplate];
const idsFor = (filter: Parameters<typeof filterTemplates>[1]) =>
  filterTemplates(templates, filter).map(({ id }) => id);

it.each([
  ['', ['rust-2', 'openttd']],
  ['TRAINS', ['openttd']],
  ['rust survive', ['rust-2']],
  ['steam', ['rust-2']],
  ['ann@', ['rust-2']],
  ['rust trains', []],
])('finds %j by every word of it', (q, found) => expect(idsFor({ q })).toEqual(found));

it('keeps to where they come from', () => {
  expect(idsFor({ origin: 'imported' })).toEqual(['rust-2']);
  expect(idsFor({ origin: 'own' })).toEqual([]);
});

it('sorts by name, numbers by their size', () => {
  const named = (name: string) => ({ ...exampleTemplate, name });
  const sorted = sortTemplates(['Arma 10', 'arma 3', 'Ärger', 'Zomboid'].map(named));
  expect(sorted.map(({ name }) => name)).toEqual(['Ärger', 'arma 3', 'Arma 10', 'Zomboid']);
});
