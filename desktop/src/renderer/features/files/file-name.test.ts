import { expect, it } from 'vitest';
import { nameProblem, stemLength } from './file-name.ts';

it.each([
  ['server.properties', undefined],
  ['...', undefined],
  ['', 'Give it a name'],
  ['..', 'The names . and .. are taken'],
  ['a/b', 'A name has no slash in it'],
  ['ä'.repeat(128), 'A name has at most 255 bytes'],
])('says what is wrong with “%s”', (name, problem) => {
  expect(nameProblem(name)).toBe(problem);
});

it.each([
  ['notes.txt', 5],
  ['.env', 4],
  ['plugins', 7],
])('selects what comes before the ending of %s', (name, length) => {
  expect(stemLength(name)).toBe(length);
});
