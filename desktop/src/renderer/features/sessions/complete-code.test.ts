import { expect, it } from 'vitest';
import { completeCode } from './complete-code.ts';

it.each([
  ['totp', '123456', '123456'],
  ['totp', ' 123 456\n', '123456'],
  ['totp', '12345', null],
  ['totp', '1234567', null],
  ['totp', 'abcdef', null],
  ['recovery-code', 'ABCD-efgh-2345-wxyz', 'abcdefgh2345wxyz'],
  ['recovery-code', 'abcd-efgh-2345', null],
  ['recovery-code', 'abcd-efgh-2345-wxy1', null],
] as const)('takes a %s typed as %j for %j', (kind, text, code) =>
  expect(completeCode(kind, text)).toBe(code),
);
