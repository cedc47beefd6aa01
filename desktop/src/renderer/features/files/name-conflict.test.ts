import { expect, it } from 'vitest';
import { askInBatch, nameQuestions, numberedName } from './name-conflict.ts';

it.each([
  ['notes.txt', 'notes (2).txt'],
  ['world.tar.gz', 'world (2).tar.gz'],
  ['a.b.yml', 'a.b (2).yml'],
  ['plugins', 'plugins (2)'],
  ['.env', '.env (2)'],
])('puts a number into %s', (name, expected) => {
  expect(numberedName(name, 2)).toBe(expected);
});

const shown = () => nameQuestions.get().map(({ name }) => name);
const answerFirst = async (...answer: ['replace' | 'keepBoth' | 'skip', boolean]) => {
  nameQuestions.get()[0]?.answer(...answer);
  await Promise.resolve();
};

it('asks one question after the other, until one answer is for all', async () => {
  const ask = askInBatch();
  const answers = ['a', 'b', 'c'].map((name) => ask(name, true));
  await expect.poll(shown).toEqual(['a']);
  await answerFirst('skip', false);
  expect(await answers[0]).toBe('skip');
  await expect.poll(shown).toEqual(['b']);
  await answerFirst('keepBoth', true);
  expect(await Promise.all(answers)).toEqual(['skip', 'keepBoth', 'keepBoth']);
  expect(shown()).toEqual([]);
});

it('asks again about what cannot be replaced, and in another batch', async () => {
  const ask = askInBatch();
  const first = ask('a', true);
  await expect.poll(shown).toEqual(['a']);
  await answerFirst('replace', true);
  expect(await first).toBe('replace');
  const folder = ask('world', false);
  await expect.poll(shown).toEqual(['world']);
  await answerFirst('skip', false);
  expect(await folder).toBe('skip');
  const other = askInBatch()('a', true);
  await expect.poll(shown).toEqual(['a']);
  await answerFirst('skip', false);
  expect(await other).toBe('skip');
});
