import { expect, test } from 'vitest';
import { parseExit } from './exit-record.ts';

test.each([
  ['0', 0, null],
  ['3 ', 3, null],
  ['127', 127, null],
  ['128', 128, null],
  ['137', null, 'SIGKILL'],
  ['139\n     \n', null, 'SIGSEGV'],
  ['143', null, 'SIGTERM'],
  ['145', 145, null],
  ['255', 255, null],
  ['3 -', 3, null],
  ['143 -', 143, null],
  ['- SIGTERM', null, 'SIGTERM'],
  ['', null, null],
])('reads the exit %j', (text, code, signal) => {
  expect(parseExit(text)).toEqual({ code, signal });
});
