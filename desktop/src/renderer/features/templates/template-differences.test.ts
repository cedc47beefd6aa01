import { expect, it } from 'vitest';
import { exampleTemplate } from '../servers/new-server/example-template.ts';
import { templateDifferences } from './template-differences.ts';

const [slots, licence] = exampleTemplate.variables as [
  (typeof exampleTemplate.variables)[0],
  (typeof exampleTemplate.variables)[0],
];

it('finds nothing where only the number of the version differs', () => {
  expect(templateDifferences(exampleTemplate, { ...exampleTemplate, version: 2 })).toEqual([]);
});

it('names what differs by its path, with what it was and is', () => {
  const after = {
    ...exampleTemplate,
    summary: 'More trains',
    stop: { ...exampleTemplate.stop, command: 'exit' },
  };
  expect(templateDifferences(exampleTemplate, after)).toEqual([
    { path: 'summary', before: 'Trains', after: 'More trains' },
    { path: 'stop.command', before: 'quit', after: 'exit' },
  ]);
});

it('knows variables by their names, so that a new one in front is one difference', () => {
  const seed = { ...slots, name: 'SEED' };
  const paths = templateDifferences(exampleTemplate, {
    ...exampleTemplate,
    variables: [seed, slots, { ...licence, secret: true }],
  }).map(({ path, before }) => [path, before]);
  expect(paths.filter(([path]) => !path?.startsWith('variables.SEED'))).toEqual([
    ['variables.LICENCE.secret', 'false'],
  ]);
  expect(paths).toContainEqual(['variables.SEED.defaultValue', undefined]);
});

it('tells what is gone from what is empty', () => {
  const images = { Java: 'a:1' };
  expect(templateDifferences({ images, tags: ['a'] }, { images: {}, tags: [] })).toEqual([
    { path: 'tags', before: 'a', after: '[]' },
    { path: 'images.Java', before: 'a:1' },
  ]);
});

it('shows of a long script the lines that differ', () => {
  const script = Array.from({ length: 40 }, (_, index) => `line ${index + 1}`);
  const changed = script.with(19, 'changed').toSpliced(20, 0, 'added');
  const of = (lines: string[]) => ({ content: lines.join('\n') });
  expect(templateDifferences(of(script), of(changed))).toEqual([
    { path: 'content', before: 'line 20', after: 'changed\nadded', fromLine: 20 },
  ]);
});
