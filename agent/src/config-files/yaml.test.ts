import { describe, expect, it } from 'vitest';
import { type Case, rewriteWith } from './testing/rewritten.ts';
import { rewriteYaml } from './yaml.ts';

const yaml = rewriteWith(rewriteYaml, 'yaml');

const bungee = `# Bungee
listeners:
- query_port: 25577 # query
  motd: '&1Another Bungee server'
  host: 0.0.0.0:25577

servers:
  lobby:
    # where it runs
    address: localhost:25565
    restricted: false
  far:
    address: 10.1.1.1:25565
`;

const cases: Case[] = [
  [
    'makes what is not there, with its types',
    '',
    { 'a.b': '5', 'a.c': 'x', d: true },
    'a:\n  b: 5\n  c: x\nd: true\n',
  ],
  [
    'keeps comments, quotes, order and the look of lists',
    bungee,
    { 'listeners[0].host': '0.0.0.0:4000', 'listeners[0].motd': 'Hi' },
    bungee.replace('0.0.0.0:25577', '0.0.0.0:4000').replace("'&1Another Bungee server'", 'Hi'),
  ],
  [
    'replaces old values by wildcard',
    bungee,
    { 'servers.*.address': { 'regex:^localhost:(\\d+)$': '10.9.0.1:$1' } },
    bungee.replace('localhost', '10.9.0.1'),
  ],
  ['leaves a file as it is that says it already', 'a:   1\nb: [1,2]\n', { a: '1' }, 'a:   1\nb: [1,2]\n'],
  [
    'keeps what other readers take for something else',
    'a: yes\nb: 010\nc: 76561198000000001\nd: 1_000\ne: ~\nf:\ng: 12:30:45\nh: 2024-01-01\ni: 1e3\nz: 1\n',
    { z: '2' },
    'a: yes\nb: 010\nc: 76561198000000001\nd: 1_000\ne: ~\nf:\ng: 12:30:45\nh: 2024-01-01\ni: 1e3\nz: 2\n',
  ],
  [
    'keeps the type of what it replaces',
    's: "1"\nn: 1\nb: true\ny: no\n',
    { s: '2', n: '3', b: 'false', y: 'true' },
    's: "2"\nn: 3\nb: false\ny: true\n',
  ],
  [
    'quotes what would be read as something else',
    '',
    {
      a: 'yes',
      b: '0x1F',
      c: '1.5',
      d: 'null',
      e: '',
      f: 'a: b',
      g: '# x',
      h: '*x',
      i: '12:30',
      j: '@x',
      k: ' x',
      l: 'x ',
      m: 'a #b',
      nn: "it's",
      o: '- x',
    },
    'a: "yes"\nb: "0x1F"\nc: "1.5"\nd: "null"\ne: ""\nf: "a: b"\ng: "# x"\nh: "*x"\ni: "12:30"\nj: "@x"\nk: " x"\nl: "x "\nm: "a #b"\nnn: "it\'s"\no: "- x"\n',
  ],
  ['writes several lines as one', '', { a: 'x\ny: 1' }, 'a: "x\\ny: 1"\n'],
  ['makes the first element of a list', '', { 'a[0].b': '1' }, 'a:\n  - b: 1\n'],
  [
    'goes through a null, and a map of one line',
    'a:\nb: {c: 1}\n',
    { 'a.x': '1', 'b.d': '2' },
    'a:\n  x: 1\nb: {c: 1, d: 2}\n',
  ],
  ['keeps CRLF', 'a: 1 # x\r\nb: 2\r\n', { a: '3' }, 'a: 3 # x\r\nb: 2\r\n'],
  ['keeps four spaces', 'a:\n    b: 1\n    c: 2\n', { 'a.b': '3' }, 'a:\n    b: 3\n    c: 2\n'],
  ['keeps a file of comments', '# only this\n', { a: '1' }, '# only this\n\na: 1\n'],
  [
    'keeps anchors, and does not write behind an alias',
    'a: &x\n  b: 1\nc: *x\nd: 1\n',
    { d: '2', 'c.b': '3' },
    'a: &x\n  b: 1\nc: *x\nd: 2\n',
    ['c.b'],
  ],
  ['keeps a text of lines', 'a: |\n  x: 1\n  y\nb: 1\n', { b: '2' }, 'a: |\n  x: 1\n  y\nb: 2\n'],
  ['does not go through a value', 'a: 5\n', { 'a.b': '1' }, 'a: 5\n', ['a.b']],
  ['finds keys that are numbers', '1: a\n', { '1': 'b' }, '1: b\n'],
  ['quotes keys', '', { 'yes.a': '1' }, '"yes":\n  a: 1\n'],
];

describe('a YAML file', () => {
  it.each(cases)('%s', (_, before, find, after, skipped = []) =>
    expect(yaml(before, find)).toEqual({ text: after, skipped }),
  );

  it.each(cases)('%s, and changes nothing the second time', (_, before, find) => {
    const { text } = yaml(before, find);
    expect(yaml(text, find).text).toBe(text);
  });

  it.each(['a: [1', 'a: 1\n b: 2', '\t- x: 1', 'a: "x', 'a: 1\na: 2\n', '%YAML 9\n---\n- - }'])(
    'is unreadable when it is none: %j',
    (text) => expect(() => yaml(text, { a: '1' })).toThrow(/^It is not YAML/),
  );

  it('is unreadable when it holds several documents, as one of them would be lost', () =>
    expect(() => yaml('a: 1\n---\nb: 2\n', { a: '2' })).toThrow('several documents'));

  it('is unreadable when its aliases laugh', () => {
    const laughs = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let index = 1; index < 9; index += 1) {
      laughs.push(
        `a${index}: &a${index} [${Array(10)
          .fill(`*a${index - 1}`)
          .join(', ')}]`,
      );
    }
    expect(() => yaml(laughs.join('\n'), { a0: '1' })).toThrow('Its aliases expand to too much');
    expect(() => yaml('a: *nobody\n', { b: '1' })).toThrow();
  });

  it('is only data, whatever its keys are', () => {
    const find = JSON.parse('{"__proto__.polluted":"1","a.__proto__":"2"}');
    expect(yaml('__proto__:\n  x: 1\n', find).text).toBe(
      '__proto__:\n  x: 1\n  polluted: 1\na:\n  __proto__: 2\n',
    );
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
