import { expect, it } from 'vitest';
import { createInputHistory } from './input-history.ts';

it('goes back and forth and ends with what was being typed', () => {
  const history = createInputHistory(['list', 'say hi']);
  expect(history.older('dra')).toBe('say hi');
  expect(history.older('say hi')).toBe('list');
  expect(history.older('list')).toBe('list');
  expect(history.newer('list')).toBe('say hi');
  expect(history.newer('say hi')).toBe('dra');
  expect(history.newer('dra')).toBe('dra');
});

it('starts again at the end after a command', () => {
  const history = createInputHistory(['list']);
  history.older('');
  history.add('stop');
  expect(history.older('')).toBe('stop');
  expect(history.older('stop')).toBe('list');
});

it('keeps a repeated command once and an empty one not at all', () => {
  const history = createInputHistory();
  for (const command of ['list', 'list', '', 'list']) history.add(command);
  expect(history.all()).toEqual(['list']);
});

it('changes nothing when there is no history', () => {
  const history = createInputHistory();
  expect(history.older('abc')).toBe('abc');
  expect(history.newer('abc')).toBe('abc');
});

it('keeps the last hundred', () => {
  const history = createInputHistory();
  for (let n = 0; n < 150; n += 1) history.add(`say ${n}`);
  expect(history.all()).toHaveLength(100);
  expect(history.older('')).toBe('say 149');
});
