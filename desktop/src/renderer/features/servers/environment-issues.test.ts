import type { TemplateVariable } from '@catalyst/shared/features/templates';
import { expect, it } from 'vitest';
import { environmentIssues } from './environment-issues.ts';

const variable = (name: string, rule: TemplateVariable['rule'], secret = false): TemplateVariable => ({
  name,
  label: name,
  description: '',
  defaultValue: '',
  rule,
  userVisible: true,
  userEditable: true,
  secret,
});
const text = { kind: 'text' as const, minLength: 1, maxLength: 20 };
const variables = [
  variable('SLOTS', { kind: 'integer', min: 1, max: 100 }),
  variable('PASSWORD', text, true),
  variable('TITLE', text),
];

it('names the field of each problem as a sentence', () => {
  expect(environmentIssues(variables, { SLOTS: 'x', TITLE: '' })).toEqual({
    'environment.SLOTS': 'Must be a whole number from 1 to 100',
    'environment.TITLE': 'Must not be empty',
  });
});

it('leaves alone what is right, what is not sent and a secret that stays empty', () => {
  expect(environmentIssues(variables, { SLOTS: '5', PASSWORD: '' })).toEqual({});
});

it('leaves a pattern to the panel that the browser cannot read', () => {
  expect(environmentIssues([variable('ODD', { ...text, pattern: '(' })], { ODD: 'x' })).toEqual({});
});
