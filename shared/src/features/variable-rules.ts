import { z } from 'zod';
import { displayText } from '../contract/values.ts';
import { chainIssue, RuleCheck } from './rule-checks.ts';

export const VariableName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, 'must be letters, digits and _, and no digit first');

/**
 * What the value of a variable may be. A rule is an object of its kind and never a line of rules with separators, so a
 * pattern may hold any character. A new kind is a schema here and a judge below.
 */
export const VariableRule = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('text'),
    minLength: z.int().min(0).default(0),
    maxLength: z.int().min(1).max(4096).default(256),
    /** An anchored regular expression from the template's author. */
    pattern: z.string().max(200).optional(),
    /** Shown when the pattern does not match. */
    hint: z.string().max(200).optional(),
  }),
  z.strictObject({ kind: z.literal('integer'), min: z.int(), max: z.int() }),
  z.strictObject({ kind: z.literal('boolean') }),
  z.strictObject({
    kind: z.literal('choice'),
    /** An option without a label is shown as its value. */
    options: z
      .array(z.strictObject({ value: z.string().max(256), label: displayText(80).optional() }))
      .min(1)
      .max(200)
      .refine(hasNoDuplicates, 'has the same value twice'),
  }),
  /** Conditions one after the other, as community templates have them. */
  z.strictObject({ kind: z.literal('checks'), checks: z.array(RuleCheck).max(50) }),
]);
export type VariableRule = z.output<typeof VariableRule>;

/** Text that is matched against a pattern is at most this long; what is safe to match depends on it. */
export const maxMatchedLength = 256;

/**
 * What is wrong with a value, as the end of a sentence; null when it follows the rule. Throws a SyntaxError for a pattern
 * that this engine cannot read.
 */
export function ruleIssue(rule: VariableRule, value: string): string | null {
  if (/[\p{Cc}\u2028\u2029]/u.test(value) || !value.isWellFormed()) {
    return 'must not contain control characters';
  }
  return (judges[rule.kind] as Judge<VariableRule['kind']>)(rule, value);
}

/** A template's pattern as an expression that matches whole values. */
export function compilePattern(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`, 'u');
}

type RuleOf<Kind extends VariableRule['kind']> = Extract<VariableRule, { kind: Kind }>;
type Judge<Kind extends VariableRule['kind']> = (rule: RuleOf<Kind>, value: string) => string | null;

const judges: { [Kind in VariableRule['kind']]: Judge<Kind> } = {
  text({ minLength, maxLength, pattern, hint }, value) {
    const longest = pattern === undefined ? maxLength : Math.min(maxLength, maxMatchedLength);
    if (value.length > longest) return `must be at most ${longest} characters`;
    if (value.length < minLength) {
      return value === '' ? 'must not be empty' : `must be at least ${minLength} characters`;
    }
    if (pattern === undefined || compilePattern(pattern).test(value)) return null;
    return hint ?? `must match ${pattern}`;
  },
  integer({ min, max }, value) {
    const number = /^-?\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
    return number >= min && number <= max ? null : `must be a whole number from ${min} to ${max}`;
  },
  boolean: (_, value) => (value === 'true' || value === 'false' ? null : 'must be true or false'),
  choice({ options }, value) {
    const values = options.map((option) => option.value);
    return values.includes(value) ? null : `must be one of ${values.join(', ')}`;
  },
  checks: ({ checks }, value) => chainIssue(checks, value),
};

function hasNoDuplicates(options: readonly { value: string }[]): boolean {
  return new Set(options.map(({ value }) => value)).size === options.length;
}
