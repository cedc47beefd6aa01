import { describe, expect, it } from 'vitest';
import { rewriteJson } from './json.ts';
import { type Case, rewriteWith } from './testing/rewritten.ts';

const json = rewriteWith(rewriteJson, 'json');

const cases: Case[] = [
  [
    'makes what is not there, with its types',
    '',
    { 'a.b': '5', 'a.c': 'x', d: true, e: 1.5 },
    '{\n    "a": {\n        "b": 5,\n        "c": "x"\n    },\n    "d": true,\n    "e": 1.5\n}\n',
  ],
  [
    'keeps order, indentation and numbers',
    '{\n  "z": 1.0,\n  "10": 76561198000000001,\n  "a": "x",\n  "n": 12345678901234567890123\n}\n',
    { a: 'y' },
    '{\n  "z": 1.0,\n  "10": 76561198000000001,\n  "a": "y",\n  "n": 12345678901234567890123\n}\n',
  ],
  [
    'leaves a file as it is that says it already',
    '{ "a" : [1,2],"b":5 }',
    { b: '5' },
    '{ "a" : [1,2],"b":5 }',
  ],
  ['keeps one line', '{"a":1,"b":[1,{"c":2}]}', { a: '2' }, '{"a":2,"b":[1,{"c":2}]}'],
  ['keeps tabs and CRLF', '{\r\n\t"a": 1\r\n}\r\n', { b: '2' }, '{\r\n\t"a": 1,\r\n\t"b": 2\r\n}\r\n'],
  [
    'keeps the type of what it replaces',
    '{"s":"1","n":1,"b":true,"f":0.5}',
    { s: '2', n: '3', b: 'false', f: '1.5' },
    '{"s":"2","n":3,"b":false,"f":1.5}',
  ],
  ['understands 1 and 0 where truth is', '{"a":true,"b":false}', { a: '0', b: '1' }, '{"a":false,"b":true}'],
  ['takes another type when it must', '{"n":1,"b":true}', { n: 'x', b: 'x' }, '{"n":"x","b":"x"}'],
  ['keeps a type that the template gives', '{"a":"true"}', { a: true }, '{"a":true}'],
  [
    'does not take all digits for a number',
    '',
    { a: '007', b: '-5', c: '9223372036854775807', d: '9223372036854775808', e: '1.5', f: 'true' },
    '{\n    "a": "007",\n    "b": -5,\n    "c": 9223372036854775807,\n    "d": "9223372036854775808",\n    "e": "1.5",\n    "f": "true"\n}\n',
  ],
  [
    'sets elements by index and by number',
    '{"a":[{"b":1},{"b":2}]}',
    { 'a[1].b': '3', 'a.0.b': '4' },
    '{"a":[{"b":4},{"b":3}]}',
  ],
  [
    'makes the first element of a list',
    '{"x":1}',
    { 'a[0].b': '1', 'c[0]': 'x' },
    '{"x":1,"a":[{"b":1}],"c":["x"]}',
  ],
  ['makes no other element', '{"a":[1]}', { 'a[1]': '2', 'b[1].c': '3' }, '{"a":[1]}', ['a[1]', 'b[1].c']],
  [
    'takes a number for a key where there is no list',
    '{"x":{}}',
    { 'x.0': '1', 'y.0': '2' },
    '{"x":{"0":1},"y":{"0":2}}',
  ],
  [
    'goes through a list and a map by wildcard',
    '{"s":{"a":{"x":1},"b":{"x":2}},"l":[{"x":1},5]}',
    { 's.*.x': '9', 'l.*.x': '8' },
    '{"s":{"a":{"x":9},"b":{"x":9}},"l":[{"x":8},5]}',
  ],
  ['adds by wildcard where it is missing', '{"s":{"a":{}}}', { 's.*.x.y': '1' }, '{"s":{"a":{"x":{"y":1}}}}'],
  ['finds nothing by wildcard in nothing', '{"x":1}', { 's.*.x': '1', 'x.*': '2' }, '{"x":1}'],
  ['replaces what a wildcard ends with', '{"s":{"a":1,"b":2}}', { 's.*': '3' }, '{"s":{"a":3,"b":3}}'],
  [
    'replaces old values only',
    '{"s":{"a":{"h":"localhost"},"b":{"h":"far"}}}',
    { 's.*.h': { localhost: '10.0.0.1', '127.0.0.1': '10.0.0.1' } },
    '{"s":{"a":{"h":"10.0.0.1"},"b":{"h":"far"}}}',
  ],
  [
    'replaces by pattern',
    '{"u":"http://old:80/x"}',
    { u: { 'regex:^(https?)://[^/]+/(.*)$': '$1://new/$\u007b2}' } },
    '{"u":"http://new/x"}',
  ],
  ['makes nothing by a condition', '{"x":1}', { a: { '': 'x' }, b: { 'regex:.*': 'x' } }, '{"x":1}'],
  ['has names with dots and tildes', '{"x":1}', { 'a~1b': '1', 'c~0d': '2' }, '{"x":1,"a.b":1,"c~d":2}'],
  ['does not go through a value', '{"a":5}', { 'a.b': '1' }, '{"a":5}', ['a.b']],
  ['goes through a null', '{"a":null}', { 'a.b': '1' }, '{"a":{"b":1}}'],
  ['leaves a root that is a list', '[1]', { a: '1', '0': '2' }, '[2]', ['a']],
  ['escapes what it writes', '', { a: '"\\\n\u0001' }, '{\n    "a": "\\"\\\\\\n\\u0001"\n}\n'],
  ['sets lists', '{"a":[1]}', { a: ['x', '2'] }, '{"a":["x",2]}'],
  ['knows brackets in strings', '{"a":"}],:\\"","b":1}', { b: '2' }, '{"a":"}],:\\"","b":2}'],
];

describe('a JSON file', () => {
  it.each(cases)('%s', (_, before, find, after, skipped = []) =>
    expect(json(before, find)).toEqual({ text: after, skipped }),
  );

  it.each(cases)('%s, and changes nothing the second time', (name, before, find) => {
    if (name.startsWith('replaces by')) return;
    const { text } = json(before, find);
    expect(json(text, find).text).toBe(text);
  });

  it.each(['{', '{"a":1,}', '{"a":1} // x', "{'a':1}", 'hello', '{"a":01}'])(
    'is unreadable when it is none: %s',
    (text) => expect(() => json(text, { a: '1' })).toThrow(/^It is not JSON/),
  );

  it('is unreadable when it is nested too deeply', () => {
    const text = '['.repeat(100_000) + ']'.repeat(100_000);
    expect(() => json(text, { a: '1' })).toThrow(/nested too deeply|call stack/);
  });

  it('has no secret in the sentence why it is unreadable', () =>
    expect(() => json('{"password": hunter2}', { a: '1' })).toThrow(/^((?!hunter2).)*$/));

  it('is only data, whatever its keys are', () => {
    const find = JSON.parse(
      '{"__proto__.polluted":"1","constructor.prototype.polluted":"1","a.__proto__":"2"}',
    );
    const { text } = json('{"__proto__":{"x":1}}', find);
    expect(text).toBe(
      '{"__proto__":{"x":1,"polluted":1},"constructor":{"prototype":{"polluted":1}},"a":{"__proto__":2}}',
    );
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
