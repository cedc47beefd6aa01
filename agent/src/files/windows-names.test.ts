import { expect, test } from 'vitest';
import { windowsNameProblem } from './windows-names.ts';

const problem = (name: string) => windowsNameProblem(Buffer.from(name, 'utf8'));

test.each([
  ['CON', /device/],
  ['con', /device/],
  ['Nul', /device/],
  ['nul.txt', /device/],
  ['nul.tar.gz', /device/],
  ['aux .x', /device/],
  ['PRN', /device/],
  ['COM1', /device/],
  ['com0', /device/],
  ['com¹', /device/],
  ['LPT9.log', /device/],
  ['CONIN$', /device/],
  ['conout$', /device/],
  ['a:b', /cannot have any/],
  ['C:', /cannot have any/],
  ['file::$DATA', /cannot have any/],
  ['a\\b', /cannot have any/],
  ['..\\x', /cannot have any/],
  ['\\\\?\\C:\\x', /cannot have any/],
  ['a<', /cannot have any/],
  ['a>', /cannot have any/],
  ['a"', /cannot have any/],
  ['a|', /cannot have any/],
  ['a?', /cannot have any/],
  ['*', /cannot have any/],
  ['a\nb', /control/],
  ['a\u0001', /control/],
  ['a.', /end with/],
  ['a..', /end with/],
  ['...', /end with/],
  ['a ', /end with/],
  ['PROGRA~1', /short form/],
  ['a~1.txt', /short form/],
  ['LONGNA~12.JAR', /short form/],
  ['😀'.repeat(128), /255/],
])('%j is refused', (name, reason) => {
  expect(problem(name)).toMatch(reason);
});

test.each([
  'console',
  'com',
  'com10',
  'nulls',
  'auxiliary.txt',
  'a.con',
  '.minecraft',
  'a~b',
  'backup~12.tar.gz.old',
  'ä',
  'x'.repeat(255),
])('%j is taken', (name) => {
  expect(problem(name)).toBeUndefined();
});

test('bytes that are no text are refused', () => {
  expect(windowsNameProblem(Buffer.from([0x61, 0xff]))).toMatch(/valid text/);
});
