import { describe, expect, it } from 'vitest';
import { type Case, rewriteWith } from './testing/rewritten.ts';
import { rewriteToml } from './toml.ts';

const toml = rewriteWith(rewriteToml, 'toml');

const cases: Case[] = [
  [
    'makes what is not there, with its types',
    '',
    { a: '5', 'b.c': 'x', 'b.d': true, 'b.e.f': 1.5 },
    'a = 5\n\n[b]\nc = "x"\nd = true\ne.f = 1.5\n',
  ],
  [
    'keeps comments, order, numbers and dates',
    '# c\nport = 1_000 # d\nwhen = 2024-01-01T10:00:00Z\nhex = 0xFF\n\n[s] # e\nname = "x" # f\n',
    { 's.name': 'y' },
    '# c\nport = 1_000 # d\nwhen = 2024-01-01T10:00:00Z\nhex = 0xFF\n\n[s] # e\nname = "y" # f\n',
  ],
  [
    'keeps the type of what it replaces',
    's = "1"\nn = 1\nb = true\nf = 1.5\nd = 2024-01-01\n',
    { s: '2', n: '3', b: 'false', f: '2.5', d: '2025-02-03' },
    's = "2"\nn = 3\nb = false\nf = 2.5\nd = 2025-02-03\n',
  ],
  [
    'adds keys before the first table, and at the end of each',
    'a = 1\n\n[s]\nb = 2\n\n[t]\nc = 3',
    { x: '1', 's.y': '2', 't.z': '3' },
    'a = 1\nx = 1\n\n[s]\nb = 2\ny = 2\n\n[t]\nc = 3\nz = 3\n',
  ],
  ['adds a table at the end', '[s]\na = 1\n', { 't.b': 'x' }, '[s]\na = 1\n\n[t]\nb = "x"\n'],
  [
    'knows tables in a line',
    'a = { b = 1 }\nc = {}\n',
    { 'a.b': '2', 'a.d': 'x', 'c.e': '1' },
    'a = { b = 2, d = "x" }\nc = { e = 1 }\n',
  ],
  ['knows dotted keys', 'a.b = 1\nc = 2\n', { 'a.b': '3', 'a.d': '4' }, 'a.b = 3\nc = 2\na.d = 4\n'],
  [
    'knows tables that only their parts name',
    '[a.b]\nx = 1\n',
    { 'a.c': '2', 'a.b.y': '3' },
    'a.c = 2\n[a.b]\nx = 1\ny = 3\n',
  ],
  [
    'knows lists of tables',
    '[[s]]\nn = 1\n\n[[s]]\nn = 2\n',
    { 's[1].n': '5', 's.0.m': '6', 's[2].n': '7' },
    '[[s]]\nn = 1\nm = 6\n\n[[s]]\nn = 5\n',
    ['s[2].n'],
  ],
  [
    'goes through them by wildcard',
    '[[s]]\nn = 1\n\n[[s]]\nn = 2\n\n[m.a]\nn = 3\n[m.b]\nn = 4\n',
    { 's.*.n': '10', 'm.*.k': 'x' },
    '[[s]]\nn = 10\n\n[[s]]\nn = 10\n\n[m.a]\nn = 3\nk = "x"\n[m.b]\nn = 4\nk = "x"\n',
  ],
  [
    'sets and makes elements of lists',
    'a = [\n  1, # one\n  2,\n]\nb = []\n',
    { 'a[1]': '5', 'b[0]': 'x', 'c[0].d': '1' },
    'a = [\n  1, # one\n  5,\n]\nb = ["x"]\nc = [{ d = 1 }]\n',
  ],
  [
    'compares old values',
    'a = "x"\nb = 1\n',
    { a: { 'regex:^(.)$': '$1$1' }, b: { 2: '3' }, c: { '': 'x' } },
    'a = "xx"\nb = 1\n',
  ],
  [
    'keeps CRLF',
    'a = 1\r\n[s]\r\nb = 2\r\n',
    { a: '3', 's.c': '4', 't.d': '5' },
    'a = 3\r\n[s]\r\nb = 2\r\nc = 4\r\n\r\n[t]\r\nd = 5\r\n',
  ],
  ['escapes what it writes', '', { a: '"\\\n\u007f', 'b c': 'x' }, 'a = "\\"\\\\\\n\\u007f"\n"b c" = "x"\n'],
  ['leaves a table where a value should be', '[s]\na = 1\n', { s: 'x' }, '[s]\na = 1\n', ['s']],
  ['does not go through a value', 'a = 1\n', { 'a.b': '1' }, 'a = 1\n', ['a.b']],
  ['keeps a file of comments', '# only this', { a: '1' }, '# only this\na = 1\n'],
];

describe('a TOML file', () => {
  it.each(cases)('%s', (_, before, find, after, skipped = []) =>
    expect(toml(before, find)).toEqual({ text: after, skipped }),
  );

  it.each(cases)('%s, and changes nothing the second time', (name, before, find) => {
    const { text } = toml(before, find);
    if (name !== 'compares old values') expect(toml(text, find).text).toBe(text);
  });

  it.each(['a', 'a = ', 'a = 1\na = 2\n', '[s', 'a = "x', 'a = 1 b = 2'])(
    'is unreadable when it is none: %j',
    (text) => expect(() => toml(text, { a: '1' })).toThrow(/^It is not TOML/),
  );

  it('is only data, whatever its keys are', () => {
    const find = JSON.parse('{"__proto__.polluted":"1","a.__proto__":"2"}');
    expect(toml('[__proto__]\nx = 1\n', find).text).toContain('polluted = 1');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
