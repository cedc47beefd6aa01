import { expect, it } from 'vitest';
import { windowOfRows } from './window-of-rows.ts';

it('draws what is on the screen and a little more', () => {
  expect(windowOfRows(10_000, 32, { top: 200, height: 800, overscan: 12 })).toEqual({ first: 0, end: 31 });
  expect(windowOfRows(10_000, 32, { top: -32_000, height: 800, overscan: 12 })).toEqual({
    first: 988,
    end: 1037,
  });
});

it('never leaves the list', () => {
  expect(windowOfRows(3, 32, { top: 200, height: 800, overscan: 12 })).toEqual({ first: 0, end: 3 });
  expect(windowOfRows(100, 32, { top: -90_000, height: 800, overscan: 12 })).toEqual({
    first: 100,
    end: 100,
  });
  expect(windowOfRows(0, 32, { top: 0, height: 800, overscan: 12 })).toEqual({ first: 0, end: 0 });
});
