import { expect, it } from 'vitest';
import { exampleTemplate } from '../servers/new-server/example-template.ts';
import { commonTags, filterTemplates, sortTemplates } from './filter-templates.ts';

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

it('keeps to those of a tag, and to those of them that a word is in', () => {
  expect(idsFor({ tag: 'steam' })).toEqual(['rust-2']);
  expect(idsFor({ tag: 'steam', q: 'trains' })).toEqual([]);
  expect(idsFor({ tag: 'ste' })).toEqual([]);
});

it('names the tags of several, the commonest first and no more than wanted', () => {
  const tagged = [
    ['b', 'c'],
    ['a', 'b', 'c'],
    ['a', 'b', 'alone'],
  ].map((tags) => ({ ...rust, tags }));
  expect(commonTags(tagged, 5)).toEqual(['b', 'a', 'c']);
  expect(commonTags(tagged, 2)).toEqual(['b', 'a']);
  expect(commonTags([], 5)).toEqual([]);
});
