import { expect, it } from 'vitest';
import { sparklineArea, sparklinePath } from './sparkline-path.ts';

const box = { width: 100, height: 22, samples: 5, max: 100 };

it('puts the newest sample at the right edge', () => {
  expect(sparklinePath([0, 50, 100], box)).toBe('M50 21L75 11L100 1');
});

it('keeps only as many samples as fit', () => {
  expect(sparklinePath([100, 0, 0, 0, 0, 0], box)).toBe('M0 21L25 21L50 21L75 21L100 21');
});

it('stays inside when a value exceeds the limit or the limit is zero', () => {
  expect(sparklinePath([250, -3], box)).toBe('M75 1L100 21');
  expect(sparklinePath([5], { ...box, max: 0 })).toBe('M100 21h0');
});

it('breaks the line where a sample is missing, down to a dot', () => {
  expect(sparklinePath([0, null, 100], box)).toBe('M50 21h0M100 1h0');
  expect(sparklineArea([0, null, 100], box)).toBe('');
});

it('closes the area at the bottom', () => {
  expect(sparklineArea([0, 100], box)).toBe('M75 21L100 1L100 22L75 22Z');
  expect(sparklineArea([], box)).toBe('');
});
