import { expect, it } from 'vitest';
import { environmentIssues, variableIssue } from './variable-rules.ts';

const integer = { rule: { kind: 'integer' as const, min: 1, max: 100 } };
const text = { rule: { kind: 'text' as const, minLength: 1, maxLength: 20 } };
const version = {
  rule: {
    kind: 'text' as const,
    minLength: 0,
    maxLength: 4096,
    pattern: '\\d+(\\.\\d+)*',
    hint: 'must be a version',
  },
};

it.each([
  [integer, '1'],
  [integer, '100'],
  [text, '$(id) "quoted" `x`'],
  [version, '1.21.4'],
  [{ rule: { kind: 'boolean' as const } }, 'false'],
  [{ rule: { kind: 'choice' as const, options: ['easy', 'hard'] } }, 'hard'],
])('takes what the panel takes', (variable, value) => expect(variableIssue(variable, value)).toBeNull());

it.each([
  [integer, '0', 'whole number from 1 to 100'],
  [integer, '1e1', 'whole number'],
  [integer, '', 'whole number'],
  [text, '', 'must not be empty'],
  [text, 'x'.repeat(21), 'at most 20'],
  [text, 'two\nlines', 'control characters'],
  [text, '\ud800', 'control characters'],
  [version, '1.x', 'must be a version'],
  [version, '1'.repeat(300), 'at most 256'],
  [{ rule: { kind: 'boolean' as const } }, 'yes', 'on or off'],
  [{ rule: { kind: 'choice' as const, options: ['easy', 'hard'] } }, 'Easy', 'one of the choices'],
])('refuses what the panel refuses', (variable, value, message) =>
  expect(variableIssue(variable, value)).toContain(message),
);

it('leaves a pattern to the panel that the browser cannot read', () => {
  expect(variableIssue({ rule: { ...version.rule, pattern: '(' } }, 'abc')).toBeNull();
});

it('names the field of each problem, and leaves empty secrets alone', () => {
  const common = { label: '', description: '', defaultValue: '', userVisible: true, userEditable: true };
  const variables = [
    { ...common, name: 'SLOTS', secret: false, ...integer },
    { ...common, name: 'PASSWORD', secret: true, ...text },
  ];
  expect(Object.keys(environmentIssues(variables, { SLOTS: 'x', PASSWORD: '' }))).toEqual([
    'environment.SLOTS',
  ]);
  expect(environmentIssues(variables, { SLOTS: '5' })).toEqual({});
});
