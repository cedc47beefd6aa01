import type { TemplateInput } from '@catalyst/shared/features/templates';

type Setting = TemplateInput['variables'][number];
type SettingOf<Kind extends Setting['rule']['kind']> = [
  name: string,
  label: string,
  defaultValue: string,
  rule: Omit<Extract<Setting['rule'], { kind: Kind }>, 'kind'>,
  more?: Partial<Setting>,
];

/** A setting that whoever owns the server sees and changes. */
function setting(
  name: string,
  label: string,
  defaultValue: string,
  rule: Setting['rule'],
  more = {},
): Setting {
  return {
    name,
    label,
    description: '',
    defaultValue,
    rule,
    userVisible: true,
    userEditable: true,
    secret: false,
    ...more,
  };
}

export const text = (...[name, label, value, rule, more]: SettingOf<'text'>) =>
  setting(name, label, value, { kind: 'text', ...rule }, more);
export const wholeNumber = (...[name, label, value, rule, more]: SettingOf<'integer'>) =>
  setting(name, label, value, { kind: 'integer', ...rule }, more);
export const choice = (...[name, label, value, rule, more]: SettingOf<'choice'>) =>
  setting(name, label, value, { kind: 'choice', ...rule }, more);
export const yesOrNo = (name: string, label: string, value: 'true' | 'false', more?: Partial<Setting>) =>
  setting(name, label, value, { kind: 'boolean' }, more);

/** Text that a game reads between double quotes and would not take these characters in. */
const quotable = { pattern: '[^"\\\\;{}<>]*', hint: 'must not contain " \\ ; { } < or >' };

export const quotedText = (
  name: string,
  label: string,
  defaultValue: string,
  { minLength = 1, maxLength }: { minLength?: number; maxLength: number },
  more?: Partial<Setting>,
) => text(name, label, defaultValue, { minLength, maxLength, ...quotable }, more);

/** A password that games take in their files and commands as one plain word; empty where there is none. */
export const password = (name: string, label: string, description: string, minLength = 0) =>
  text(
    name,
    label,
    '',
    { minLength, maxLength: 64, pattern: '[A-Za-z0-9_.-]*', hint: 'must be letters, digits, _ . and -' },
    { description, secret: true },
  );

export const atNextStart = { description: 'Takes effect at the next start.' };

export const restartPolicy = {
  mode: 'on-failure',
  maxRestarts: 5,
  windowSeconds: 600,
  backoffSeconds: 1,
} as const;
