import { describe, expect, it } from 'vitest';
import { rewriteLines } from './file-lines.ts';
import { rewriteIni } from './ini.ts';
import { rewriteProperties } from './properties.ts';
import { type Case, rewriteWith } from './testing/rewritten.ts';

const lines = rewriteWith(rewriteLines, 'file');
const properties = rewriteWith(rewriteProperties, 'properties');
const ini = rewriteWith(rewriteIni, 'ini');

const lineCases: Case[] = [
  ['replaces the whole line', 'a\nport 1 # old\nb\n', { port: 'port 2' }, 'a\nport 2\nb\n'],
  ['replaces every such line', 'port 1\nport 2\n', { port: 'port 3' }, 'port 3\nport 3\n'],
  [
    'leaves a line that only holds it further on',
    ' port 1\n#port 1\n',
    { port: 'port 2' },
    ' port 1\n#port 1\n',
  ],
  ['adds nothing', 'a\n', { port: 'port 2' }, 'a\n'],
  ['adds nothing to an empty file', '', { port: 'port 2' }, ''],
  [
    'takes the longest place that fits',
    'mapcycle x\nmap y\n',
    { map: 'map 1', mapcycle: 'mapcycle 2' },
    'mapcycle 2\nmap 1\n',
  ],
  ['does not go over its own lines again', 'a\nb\n', { a: 'b', b: 'c' }, 'b\nc\n'],
  ['uncomments', '#port = 1\n', { '#port =': 'port = 5' }, 'port = 5\n'],
  ['ends lines with LF', 'a\r\nport 1\r\nb', { port: 'port 2' }, 'a\nport 2\nb'],
  ['may write several lines', '#sec:\n', { '#sec:': 'sec:\r\n  on: 1' }, 'sec:\n  on: 1\n'],
  ['keeps a last line without end', 'port 1', { port: 'port 2' }, 'port 2'],
  ['writes numbers and truth', 'a\nb\n', { a: 5, b: false }, '5\nfalse\n'],
  ['compares an old value with the whole line', 'a 1\na 2\n', { a: { 'a 1': 'a 9' } }, 'a 9\na 2\n'],
  ['knows patterns', 'a 12\n', { a: { 'regex:^a (\\d+)$': 'a <$1>$$' } }, 'a <12>$\n'],
];

describe('lines of a file', () => {
  it.each(lineCases)('%s', (_, before, find, after, skipped = []) =>
    expect(lines(before, find)).toEqual({ text: after, skipped }),
  );
});

const propertyCases: Case[] = [
  ['are made in an empty file', '', { a: 'b', 'c.d': 1 }, 'a=b\nc.d=1\n'],
  [
    'keep comments, order and all other lines',
    '#c\n\n! x\nb = 2\na: 1\nz\n',
    { a: '3' },
    '#c\n\n! x\nb = 2\na=3\nz\n',
  ],
  ['are added at the end', 'a=1', { b: '2' }, 'a=1\nb=2\n'],
  ['keep CRLF', '#c\r\na=1\r\n', { a: '2', b: '3' }, '#c\r\na=2\r\nb=3\r\n'],
  ['are set wherever they are', 'a=1\na=2\n', { a: '3' }, 'a=3\na=3\n'],
  ['know separators and spaces', 'a 1\nb:2\n c\t=\t3\n', { a: 'x', b: 'y', c: 'z' }, 'a=x\nb=y\nc=z\n'],
  ['know continued lines', 'a=1,\\\n   2\nb=3\n', { a: { '1,2': 'x' } }, 'a=x\nb=3\n'],
  ['do not continue comments', '# c\\\na=1\n', { a: '2' }, '# c\\\na=2\n'],
  ['know an escaped backslash at the end', 'a=1\\\\\nb=2\n', { b: '3' }, 'a=1\\\\\nb=3\n'],
  ['know escaped keys', 'a\\ b\\:c=1\n', { 'a b:c': '2' }, 'a\\ b\\:c=2\n'],
  ['escape what is not ASCII', '', { motd: 'Ünï §a🎮' }, 'motd=\\u00DCn\\u00EF \\u00A7a\\uD83C\\uDFAE\n'],
  ['escape lines, tabs and backslashes', '', { a: 'x\ny\t\\z' }, 'a=x\\ny\\t\\\\z\n'],
  ['escape a space at the start', '', { a: ' x' }, 'a=\\ x\n'],
  ['leave quotes, equals and colons in values', '', { a: '"x=y:z"' }, 'a="x=y:z"\n'],
  ['read escapes for a comparison', 'a=\\u00dc\n', { a: { Ü: 'x' } }, 'a=x\n'],
  ['are left when the old value is another', 'a=1\n', { a: { 2: 'x' } }, 'a=1\n'],
  ['are not made by a condition', '', { a: { '': 'x' } }, ''],
  ['take the first condition that is met, once', 'a=1\n', { a: { 1: '2', 2: '3' } }, 'a=2\n'],
  [
    'have no trouble with odd names',
    '',
    { __proto__x: '1', constructor: '2' },
    '__proto__x=1\nconstructor=2\n',
  ],
];

describe('properties', () => {
  it.each(propertyCases)('%s', (_, before, find, after, skipped = []) =>
    expect(properties(before, find)).toEqual({ text: after, skipped }),
  );
});

const iniCases: Case[] = [
  ['makes a section in an empty file', '', { 's.a': '1', 's.b': 'x' }, '[s]\na = 1\nb = x\n'],
  [
    'sets a key and leaves all else',
    '; c\n[s]\n# d\na=1\nb=2\n\n[t]\na=9\n',
    { 's.a': '5' },
    '; c\n[s]\n# d\na = 5\nb=2\n\n[t]\na=9\n',
  ],
  [
    'adds a key at the end of its section',
    '[s]\na=1\n\n[t]\nb=2\n',
    { 's.c': '3' },
    '[s]\na=1\nc = 3\n\n[t]\nb=2\n',
  ],
  ['adds a section at the end', '[s]\na=1', { 't.b': '2' }, '[s]\na=1\n\n[t]\nb = 2\n'],
  ['has keys without a section', 'a=1\n[s]\na=2\n', { a: '5', b: '6' }, 'a = 5\nb = 6\n[s]\na=2\n'],
  ['puts keys without a section first', '[s]\na=2\n', { b: '6' }, 'b = 6\n[s]\na=2\n'],
  [
    'protects dots by brackets',
    '[/Script/E.G]\nMax=1\n',
    { '[/Script/E.G].Max': '2', '[A.B].c.d': '3' },
    '[/Script/E.G]\nMax = 2\n\n[A.B]\nc.d = 3\n',
  ],
  ['divides at the first dot', '', { 'a.b.c': '1' }, '[a]\nb.c = 1\n'],
  [
    'sets a key wherever it is in its section',
    '[s]\na=1\na=2\n[t]\n[s]\na=3\n',
    { 's.a': 'x' },
    '[s]\na = x\na = x\n[t]\n[s]\na = x\n',
  ],
  ['keeps CRLF', '[s]\r\na=1\r\n', { 's.a': '2', 't.b': '3' }, '[s]\r\na = 2\r\n\r\n[t]\r\nb = 3\r\n'],
  ['writes nothing for nothing', '[s]\na=1\n', { 's.a': '', 's.b': null }, '[s]\na =\nb =\n'],
  ['does not take a comment for a key', '[s]\n;a=1\n', { 's.a': '2' }, '[s]\n;a=1\na = 2\n'],
  [
    'compares old values',
    '[s]\na = 1\nb = 2\n',
    { 's.a': { 1: 'x' }, 's.b': { 1: 'x' }, 's.c': { '': 'x' } },
    '[s]\na = x\nb = 2\n',
  ],
  ['leaves a value of several lines out', '[s]\n', { 's.a': '1\n[admin]\nb=2' }, '[s]\n', ['s.a']],
  ['leaves a place without a key out', '', { 's.': '1' }, '', ['s.']],
  [
    'knows sections with spaces and colons',
    '[Host Settings]\nx=1\n[User:admin]\n',
    { '[Host Settings].x': '2', 'User:admin.p': '3' },
    '[Host Settings]\nx = 2\n[User:admin]\np = 3\n',
  ],
];

describe('an ini file', () => {
  it.each(iniCases)('%s', (_, before, find, after, skipped = []) =>
    expect(ini(before, find)).toEqual({ text: after, skipped }),
  );
});

it.each([
  ['lines', lines, lineCases],
  ['properties', properties, propertyCases],
  ['ini', ini, iniCases],
])('%s change nothing the second time', (_, rewrite, cases) => {
  for (const [name, before, find] of cases) {
    if (name === 'does not go over its own lines again' || name.startsWith('take the first')) continue;
    const { text } = rewrite(before, find);
    expect(rewrite(text, find).text, name).toBe(text);
  }
});
