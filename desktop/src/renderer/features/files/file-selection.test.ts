import { describe, expect, it } from 'vitest';
import {
  type FileSelection,
  nothingPicked,
  pickAll,
  pickAlso,
  pickOne,
  pickRange,
  step,
  withoutGone,
} from './file-selection.ts';

const order = ['a', 'b', 'c', 'd', 'e'];
const picked = ({ keys }: FileSelection) => [...keys].sort().join('');

it('picks one in place of another, and one more or less', () => {
  expect(picked(pickOne('b'))).toBe('b');
  const two = pickAlso(pickOne('b'), 'd');
  expect([picked(two), picked(pickAlso(two, 'b'))]).toEqual(['bd', 'd']);
});

describe('a range', () => {
  it('goes from where it began, in both directions', () => {
    const down = pickRange(pickOne('c'), order, 'e');
    expect(picked(down)).toBe('cde');
    expect(picked(pickRange(down, order, 'a'))).toBe('abc');
  });
  it('can be more beside what there is', () => {
    expect(picked(pickRange(pickAlso(pickOne('a'), 'd'), order, 'e', true))).toBe('ade');
  });
  it('begins at the top when nothing was picked', () => {
    expect(picked(pickRange(nothingPicked, order, 'b'))).toBe('ab');
  });
});

describe('steps', () => {
  it('begin at the near end and stop at the far one', () => {
    expect(step(nothingPicked, order, 1, false).cursor).toBe('a');
    expect(step(nothingPicked, order, -1, false).cursor).toBe('e');
    expect(step(pickOne('d'), order, 10, false).cursor).toBe('e');
    expect(step(nothingPicked, order, -5, false).cursor).toBe('a');
    expect(step(nothingPicked, order, 5, false).cursor).toBe('e');
    expect(step(nothingPicked, [], 1, false)).toEqual(nothingPicked);
  });
  it('take all on the way with them, and give it back', () => {
    const three = step(step(pickOne('b'), order, 1, true), order, 1, true);
    expect(picked(three)).toBe('bcd');
    expect(picked(step(three, order, -1, true))).toBe('bc');
  });
});

it('picks all, and forgets what is gone', () => {
  const all = pickAll(pickOne('c'), order);
  expect(picked(all)).toBe('abcde');
  const less = withoutGone(all, ['a', 'e']);
  expect([picked(less), less.cursor]).toEqual(['ae', undefined]);
  expect(withoutGone(all, order)).toBe(all);
});
