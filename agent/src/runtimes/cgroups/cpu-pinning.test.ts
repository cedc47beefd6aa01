import { expect, test } from 'vitest';
import { checkPinning, parseCores } from './cpu-pinning.ts';

test('reads lists of cores as the kernel writes them', () => {
  expect([...parseCores('0-3,5,7-8\n')]).toEqual([0, 1, 2, 3, 5, 7, 8]);
  expect([...parseCores('')]).toEqual([]);
});

test.each([
  ['0', '0-1'],
  ['0-1', '0-1'],
  ['5,7', '0-7'],
  [undefined, '0'],
  ['99', null],
])('allows %s on a machine with %s', (wanted, available) => {
  checkPinning(wanted, available);
});

test.each([
  ['2', '0-1'],
  ['0-4', '0-3'],
  ['3-1', '0-7'],
])('refuses %s on a machine with %s', (wanted, available) => {
  expect(() => checkPinning(wanted, available)).toThrow(
    `The server is to run on the cores ${wanted}, and this machine has the cores ${available}`,
  );
});
