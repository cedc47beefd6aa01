import { describe, expect, it } from 'vitest';
import { ruleIssue, VariableRule } from './variable-rules.ts';

const integer = VariableRule.parse({ kind: 'integer', min: 1, max: 100 });
const negative = VariableRule.parse({ kind: 'integer', min: -10, max: -1 });
const boolean = VariableRule.parse({ kind: 'boolean' });
const choice = VariableRule.parse({
  kind: 'choice',
  options: [{ value: '0', label: 'Survival' }, { value: '1', label: 'Creative' }, { value: 'hard' }],
});
const text = VariableRule.parse({ kind: 'text', minLength: 1, maxLength: 20 });
const long = VariableRule.parse({ kind: 'text', minLength: 3 });
const version = VariableRule.parse({
  kind: 'text',
  maxLength: 4096,
  pattern: 'latest|\\d+(\\.\\d+)*',
  hint: 'must be a version',
});
const word = VariableRule.parse({ kind: 'text', pattern: '[a-z|]*' });

describe('a value', () => {
  it.each([
    [integer, '1'],
    [integer, '100'],
    [integer, '007'],
    [negative, '-10'],
    [boolean, 'true'],
    [boolean, 'false'],
    [choice, '0'],
    [choice, 'hard'],
    [text, 'x'],
    [text, 'x'.repeat(20)],
    [text, '$(id) "quoted" `x`'],
    [text, 'Grüße 🎮'],
    [version, 'latest'],
    [version, '1.21.4'],
    [word, ''],
    [word, 'a|b'],
    [long, 'x'.repeat(256)],
  ])('follows its rule: %o, %j', (rule, value) => expect(ruleIssue(rule, value)).toBeNull());

  it.each([
    [integer, '0', 'must be a whole number from 1 to 100'],
    [integer, '101', 'whole number'],
    [integer, '1e1', 'whole number'],
    [integer, '1.5', 'whole number'],
    [integer, ' 5', 'whole number'],
    [integer, '5; rm', 'whole number'],
    [integer, '', 'whole number'],
    [integer, '9'.repeat(16), 'whole number'],
    [boolean, 'yes', 'must be true or false'],
    [boolean, '', 'must be true or false'],
    [choice, 'Survival', 'must be one of 0, 1, hard'],
    [choice, 'Hard', 'must be one of'],
    [choice, '', 'must be one of'],
    [text, '', 'must not be empty'],
    [text, 'x'.repeat(21), 'must be at most 20 characters'],
    [long, 'ab', 'must be at least 3 characters'],
    [long, 'x'.repeat(257), 'must be at most 256 characters'],
    [text, 'two\nlines', 'control characters'],
    [text, 'nul\0', 'control characters'],
    [text, '\u001b]52;c;x', 'control characters'],
    [text, 'line\u2028separator', 'control characters'],
    [text, '\ud800', 'control characters'],
    [choice, '0\n', 'control characters'],
    [version, '1.x', 'must be a version'],
    [version, 'xlatest', 'must be a version'],
    [version, 'latest1', 'must be a version'],
    [version, '1'.repeat(257), 'must be at most 256 characters'],
    [word, 'A', 'must match [a-z|]*'],
  ])('breaks its rule: %o, %j', (rule, value, message) => expect(ruleIssue(rule, value)).toContain(message));

  it('is not judged by a pattern that cannot be read', () => {
    expect(() => ruleIssue({ kind: 'text', minLength: 0, maxLength: 9, pattern: '(' }, 'x')).toThrow(
      SyntaxError,
    );
  });
});

it.each([
  [{ kind: 'choice', options: ['easy', 'hard'] }],
  [{ kind: 'choice', options: [] }],
  [{ kind: 'choice', options: [{ value: 'a' }, { value: 'a', label: 'Again' }] }],
  [{ kind: 'choice', options: [{ value: 'a', label: '' }] }],
  [{ kind: 'text', maxLength: 5000 }],
  [{ kind: 'integer', min: 1.5, max: 2 }],
  [{ kind: 'rules', rules: 'required|string' }],
])('a template cannot have the rule %j', (rule) => expect(VariableRule.safeParse(rule).success).toBe(false));
