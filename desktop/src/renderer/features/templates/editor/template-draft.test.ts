import { describe, expect, it } from 'vitest';
import { exampleTemplate } from '../../servers/new-server/example-template.ts';
import { contentOf } from '../template-content.ts';
import { linesByPath } from './json-lines.ts';
import { listAt, recordAt, textAt, withValue } from './json-values.ts';
import { readDraft, textOf, withLines } from './template-draft.ts';

const content = contentOf(exampleTemplate);
const draftOf = (changes: object) => readDraft(JSON.stringify({ ...content, ...changes }, null, 2));

it('reads back what it wrote, with no problem', () => {
  expect(readDraft(textOf(exampleTemplate))).toEqual({ document: content, content, problems: [] });
});

it('says on which line the JSON ends to be JSON', () => {
  const { document, problems } = readDraft('{\n  "name": "A",\n  "summary" "B"\n}');
  expect(document).toBeUndefined();
  expect(problems).toMatchObject([{ path: '', line: 3 }]);
});

it('says what is wrong where, and on which line', () => {
  const [slots] = content.variables;
  const { problems, content: none } = draftOf({ name: '', variables: [{ ...slots, name: '1ST' }] });
  expect(none).toBeNull();
  expect(problems.map(({ path }) => path)).toEqual(['name', 'variables.0.name']);
  expect(problems[1]?.message).toBe('Must be letters, digits and _, and no digit first');
  expect(problems[0]?.line).toBe(2);
});

it('says of what is missing that it is, at what it is missing from', () => {
  const { problems } = draftOf({ defaults: { memoryMb: 1, cpuCores: 1, diskMb: 1 } });
  expect(problems).toEqual([
    { path: 'defaults.minimumMemoryMb', message: 'Is missing', line: expect.any(Number) },
  ]);
});

it('complains about the shape that was meant, of those that would do', () => {
  expect(draftOf({ startup: { argv: [], environment: {} } }).problems).toMatchObject([
    { path: 'startup.argv' },
  ]);
  expect(draftOf({ startup: { shell: { a: 1 } } }).problems).toMatchObject([{ path: 'startup.shell.a' }]);
});

it('does not take what only the panel says', () => {
  expect(draftOf({ version: 3 }).problems).toMatchObject([
    { path: '', message: expect.stringContaining('version') },
  ]);
});

it('names placeholders that nothing fills in', () => {
  const { problems } = draftOf({ startup: { argv: ['{{SLOTS}}', '{{SERVER_PORT}}', '{{NOPE}}'] } });
  expect(problems).toEqual([{ path: '', message: '{{NOPE}} is no variable of this template' }]);
});

it('finds the lines of what the panel refused', () => {
  const text = '{\n "a": {\n  "b.c": [1,\n   2]\n }\n}';
  expect(withLines(text, [{ path: 'a.b.c.1', message: 'No' }])).toEqual([
    { path: 'a.b.c.1', message: 'No', line: 4 },
  ]);
});

describe('lines of a JSON text', () => {
  it('are found whatever is in its strings', () => {
    const value = {
      text: 'a "quoted" \\ {[,]}\n',
      list: [{}, [], null, true, -1.5e3, 'x'],
      empty: {},
      last: 1,
    };
    for (const indent of [0, 2, 7]) {
      const text = JSON.stringify(value, null, indent);
      const lines = linesByPath(text);
      const source = text.split('\n');
      for (const name of Object.keys(value)) {
        expect(source[(lines.get(name) ?? 0) - 1], name).toContain(`"${name}"`);
      }
      expect(source[(lines.get('list.4') ?? 0) - 1]).toContain('-1500');
    }
  });
});

describe('a value in a document', () => {
  it('is read as what it should be, whatever is there', () => {
    expect(textAt({ a: { b: 'c' } }, ['a', 'b'])).toBe('c');
    expect(textAt({ a: null }, ['a', 'b'])).toBe('');
    expect(listAt({ a: 'text' }, ['a'])).toEqual([]);
    expect(recordAt({ a: [1] }, ['a'])).toEqual({});
  });

  it('is put in its place without touching the others', () => {
    const document = { a: [{ b: 1 }, { b: 2 }], c: 3 };
    const changed = withValue(document, ['a', 1, 'b'], 9) as typeof document;
    expect(changed).toEqual({ a: [{ b: 1 }, { b: 9 }], c: 3 });
    expect(changed.a[0]).toBe(document.a[0]);
    expect(withValue({}, ['x', 'y'], 1)).toEqual({ x: { y: 1 } });
    expect(withValue({ a: 1, b: 2 }, ['a'], undefined)).toEqual({ b: 2 });
  });
});
