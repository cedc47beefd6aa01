import { expect, it } from 'vitest';
import { hasBit, modeLetters, modeOctal, readMode, withBit } from './permission-bits.ts';

it.each([
  ['0644', 'rw-r--r--'],
  ['0755', 'rwxr-xr-x'],
  ['0000', '---------'],
  ['4711', 'rwx--x--x'],
])('writes %s as %s', (octal, letters) => {
  expect(modeLetters(octal)).toBe(letters);
});

it.each(['', '64', '648', '07777 ', 'rwx'])('does not read “%s”', (octal) => {
  expect(readMode(octal)).toBeNull();
});

it('sets and takes single bits', () => {
  const executable = withBit(0o644, 'owner', 'execute', true);
  expect(modeOctal(executable)).toBe('744');
  expect(modeOctal(withBit(executable, 'others', 'read', false))).toBe('740');
  expect([hasBit(0o640, 'group', 'read'), hasBit(0o640, 'others', 'read')]).toEqual([true, false]);
  expect(modeOctal(0)).toBe('000');
});
