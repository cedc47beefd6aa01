import type { Template, TemplateVariable } from '@catalyst/shared/features/templates';
import { describe, expect, it } from 'vitest';
import { catalogue } from './catalogue.ts';
import { resolveVariables } from './variables.ts';

const variable = (
  name: string,
  defaultValue: string,
  rule: TemplateVariable['rule'],
  more = {},
): TemplateVariable => ({
  name,
  label: name,
  description: '',
  defaultValue,
  rule,
  userVisible: true,
  userEditable: true,
  secret: false,
  ...more,
});
const template: Template = {
  ...(catalogue[0] as Template),
  variables: [
    variable('TITLE', 'A server', { kind: 'text', minLength: 1, maxLength: 20 }),
    variable('SLOTS', '10', { kind: 'integer', min: 1, max: 100 }),
    variable('PVP', 'true', { kind: 'boolean' }),
    variable('MODE', 'easy', { kind: 'choice', options: [{ value: 'easy' }, { value: 'hard' }] }),
    variable('VERSION', '1.0', {
      kind: 'text',
      minLength: 0,
      maxLength: 4096,
      pattern: '\\d+(\\.\\d+)*',
      hint: 'must be a version',
    }),
    variable('PASSWORD', '', { kind: 'text', minLength: 0, maxLength: 40 }, { secret: true }),
    variable('LICENCE', 'free', { kind: 'text', minLength: 0, maxLength: 40 }, { userEditable: false }),
  ],
};
const resolve = (given: Record<string, string>, current = {}, mayEditAll = false) =>
  resolveVariables(template, given, { current, mayEditAll });

describe('variables of a server', () => {
  it('start from the defaults', () => {
    expect(resolve({ SLOTS: '20' })).toEqual({
      TITLE: 'A server',
      SLOTS: '20',
      PVP: 'true',
      MODE: 'easy',
      VERSION: '1.0',
      PASSWORD: '',
      LICENCE: 'free',
    });
  });

  it.each([
    ['TITLE', '', 'not be empty'],
    ['TITLE', 'x'.repeat(21), 'at most 20'],
    ['TITLE', 'two\nlines', 'control characters'],
    ['TITLE', 'nul\0', 'control characters'],
    ['TITLE', '\u001b]52;c;x', 'control characters'],
    ['TITLE', '\ud800', 'control characters'],
    ['SLOTS', '0', 'whole number from 1 to 100'],
    ['SLOTS', '1e1', 'whole number'],
    ['SLOTS', ' 5', 'whole number'],
    ['SLOTS', '5; rm', 'whole number'],
    ['PVP', 'yes', 'true or false'],
    ['MODE', 'Easy', 'one of easy, hard'],
    ['VERSION', '$(id)', 'must be a version'],
    ['VERSION', '1.2\n3', 'control characters'],
    ['NOPE', 'x', 'not a variable'],
    ['__proto__x', 'x', 'not a variable'],
  ])('refuses %s=%j and names it', (name, value, message) => {
    expect(() => resolve({ [name]: value })).toThrow(
      expect.objectContaining({
        code: 'invalid_input',
        issues: [{ path: `environment.${name}`, message: expect.stringContaining(message) }],
      }),
    );
  });

  it('names every value that is wrong, not only the first', () => {
    expect(() => resolve({ SLOTS: 'x', PVP: 'x' })).toThrow(
      expect.objectContaining({ issues: [expect.anything(), expect.anything()] }),
    );
  });

  it('accepts shell characters as plain text', () => {
    expect(resolve({ TITLE: '$(id) "\' `x`' }).TITLE).toBe('$(id) "\' `x`');
  });

  it('lets only those who may edit everything change what users may not', () => {
    expect(() => resolve({ LICENCE: 'paid' })).toThrow(expect.objectContaining({ code: 'forbidden' }));
    expect(resolve({ LICENCE: 'paid' }, {}, true).LICENCE).toBe('paid');
    expect(resolve({ LICENCE: 'paid' }, { LICENCE: 'paid' }).LICENCE).toBe('paid');
  });

  it('keeps a secret that comes back empty, as it was shown', () => {
    expect(resolve({ PASSWORD: '' }, { PASSWORD: 'hunter2' }).PASSWORD).toBe('hunter2');
    expect(resolve({ PASSWORD: 'new' }, { PASSWORD: 'hunter2' }).PASSWORD).toBe('new');
  });

  it('judges the worst input in no time', () => {
    const before = performance.now();
    expect(() => resolve({ VERSION: `${'1.'.repeat(2000)}x` })).toThrow();
    expect(() => resolve({ VERSION: `${'1'.repeat(255)}x` })).toThrow();
    expect(performance.now() - before).toBeLessThan(100);
  });
});
