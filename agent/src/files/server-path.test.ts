import { describe, expect, test } from 'vitest';
import { joinPath, parsePath, pathFromBase64 } from './server-path.ts';

const text = (names: Buffer[]) => names.map((name) => name.toString('latin1'));

describe('parsePath', () => {
  test.each([
    ['', []],
    ['/', []],
    ['a', ['a']],
    ['/a/b', ['a', 'b']],
    ['/etc/passwd', ['etc', 'passwd']],
    ['...', ['...']],
    ['....//'.slice(0, 4), ['....']],
    ['a\\..\\b', ['a\\..\\b']],
    ['%2e%2e%2f', ['%2e%2e%2f']],
    ['C:', ['C:']],
    [' . ', [' . ']],
    ['x'.repeat(255), ['x'.repeat(255)]],
    [Buffer.from([0x61, 0xff, 0x2f, 0xfe]), ['a\xff', '\xfe']],
    // Overlong slash and dots are bytes like any other: no decoding happens here or in the kernel.
    [Buffer.from([0xc0, 0xaf, 0xc0, 0xae]), ['\xc0\xaf\xc0\xae']],
  ])('takes %j apart', (path, names) => {
    expect(text(parsePath(path))).toEqual(names);
  });

  test.each([
    '.',
    '..',
    '/..',
    'a/..',
    'a/../b',
    './a',
    'a/./b',
    'a//b',
    '//',
    '//host/share',
    'a/',
    'a\0b',
    '\0',
    'x'.repeat(256),
    `${'é'.repeat(128)}`,
    'a/'.repeat(2048),
    `${'x'.repeat(200)}/`.repeat(20) + 'x'.repeat(100),
    '\ud800',
    'file:///etc/passwd',
    Buffer.from([0]),
  ])('refuses %j', (path) => {
    expect(() => parsePath(path)).toThrow(expect.objectContaining({ code: 'bad_request' }));
  });

  test('takes 4,095 bytes and not one more', () => {
    const path = `${'ab/'.repeat(1364)}abc`;
    expect(path).toHaveLength(4095);
    expect(parsePath(path)).toHaveLength(1365);
    expect(() => parsePath(`${path}d`)).toThrow(/4095 bytes/);
  });

  test('keeps its names when the bytes it was given change', () => {
    const bytes = Buffer.from('abc');
    const names = parsePath(bytes);
    bytes.fill(0x2e);
    expect(text(names)).toEqual(['abc']);
  });

  test('applies the rules of Windows where they hold', () => {
    expect(() => parsePath('a/nul.txt', { windowsNames: true })).toThrow(/device/);
    expect(text(parsePath('a/nul.txt'))).toEqual(['a', 'nul.txt']);
  });
});

test('pathFromBase64 takes canonical base64 only', () => {
  expect(pathFromBase64('Yf8=')).toEqual(Buffer.from([0x61, 0xff]));
  expect(pathFromBase64('')).toHaveLength(0);
  for (const bad of ['Yf8', 'Yf8==', 'Y f8=', 'Yf9=', '*', 'Yf-_']) {
    expect(() => pathFromBase64(bad)).toThrow(expect.objectContaining({ code: 'bad_request' }));
  }
});

test('joinPath adds one slash', () => {
  const name = Buffer.from('n');
  expect(['', '/', 'a', '/a/'].map((folder) => joinPath(folder, name).toString())).toEqual([
    'n',
    '/n',
    'a/n',
    '/a/n',
  ]);
});
