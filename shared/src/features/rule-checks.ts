import { z } from 'zod';

const Words = z.array(z.string().max(500)).max(500);
const Amount = z.number();

/**
 * One condition of a chain, as community templates write them. Amounts count characters, or the value itself where the
 * chain says that it is a number. A pattern is looked for anywhere in the value unless it is anchored.
 */
export const RuleCheck = z.discriminatedUnion('check', [
  z.strictObject({
    check: z.enum([
      ...(['required', 'nullable', 'present', 'string', 'numeric', 'integer', 'boolean'] as const),
      ...(['alpha', 'alpha_dash', 'alpha_num', 'url', 'ip', 'ipv4', 'ipv6', 'email', 'json'] as const),
    ]),
  }),
  z.strictObject({ check: z.enum(['min', 'max', 'size', 'gt', 'gte', 'lt', 'lte']), amount: Amount }),
  z.strictObject({ check: z.enum(['between', 'digits_between']), least: Amount, most: Amount }),
  z.strictObject({ check: z.literal('digits'), amount: Amount }),
  z.strictObject({ check: z.enum(['in', 'not_in', 'starts_with', 'ends_with']), words: Words }),
  z.strictObject({
    check: z.enum(['regex', 'not_regex']),
    pattern: z.string().max(500),
    ignoreCase: z.boolean().default(false),
  }),
  /** Kept as it was written, and never applied. */
  z.strictObject({ check: z.literal('unknown'), rule: z.string().max(2000) }),
]);
export type RuleCheck = z.output<typeof RuleCheck>;
type CheckName = RuleCheck['check'];
type CheckOf<Name extends CheckName> = RuleCheck extends infer Each
  ? Each extends { check: infer Names }
    ? Name extends Names
      ? Each
      : never
    : never
  : never;

/** A pattern of a check as an expression. Throws a SyntaxError for one that this engine cannot read. */
export function compileCheck({ pattern, ignoreCase }: { pattern: string; ignoreCase: boolean }): RegExp {
  return new RegExp(pattern, ignoreCase ? 'iu' : 'u');
}

/** What is wrong with a value, as the end of a sentence; null when it passes every check that can be applied. */
export function chainIssue(checks: readonly RuleCheck[], value: string): string | null {
  if (value === '') return checks.some(({ check }) => check === 'required') ? 'must not be empty' : null;
  const isNumber = checks.some(({ check }) => check === 'numeric' || check === 'integer');
  for (const check of checks) {
    const issue = (judges[check.check] as (check: RuleCheck, value: Judged) => string | null)(check, {
      text: value,
      size: isNumber ? Number(value) : [...value].length,
      unit: isNumber ? '' : ' characters',
    });
    if (issue !== null) return issue;
  }
  return null;
}

interface Judged {
  text: string;
  /** What amounts are compared with. */
  size: number;
  unit: string;
}
type Judge<Name extends CheckName> = (check: CheckOf<Name>, value: Judged) => string | null;

const nothing = () => null;
const says = (isRight: boolean, issue: string) => (isRight ? null : issue);
const maxPatternInput = 256;

const judges: { [Name in CheckName]: Judge<Name> } = {
  required: nothing,
  nullable: nothing,
  present: nothing,
  string: nothing,
  unknown: nothing,
  numeric: (_, { text }) => says(isNumeric(text), 'must be a number'),
  integer: (_, { text }) => says(/^[+-]?\d{1,18}$/.test(text), 'must be a whole number'),
  boolean: (_, { text }) => says(['0', '1', 'true', 'false'].includes(text), 'must be 1, 0, true or false'),
  alpha: (_, { text }) => says(/^[\p{L}\p{M}]+$/u.test(text), 'must be letters'),
  alpha_dash: (_, { text }) => says(/^[\p{L}\p{M}\p{N}_-]+$/u.test(text), 'must be letters, digits, - and _'),
  alpha_num: (_, { text }) => says(/^[\p{L}\p{M}\p{N}]+$/u.test(text), 'must be letters and digits'),
  url: (_, { text }) => says(URL.canParse(text) && /^[a-z][a-z0-9+.-]*:\/\//i.test(text), 'must be a URL'),
  ip: (_, { text }) => says(isAddress(text, z.ipv4(), z.ipv6()), 'must be an IP address'),
  ipv4: (_, { text }) => says(isAddress(text, z.ipv4()), 'must be an IPv4 address'),
  ipv6: (_, { text }) => says(isAddress(text, z.ipv6()), 'must be an IPv6 address'),
  email: (_, { text }) => says(z.email().safeParse(text).success, 'must be an e-mail address'),
  json: (_, { text }) => says(isJson(text), 'must be JSON'),
  min: ({ amount }, { size, unit }) => says(size >= amount, `must be at least ${amount}${unit}`),
  max: ({ amount }, { size, unit }) => says(size <= amount, `must be at most ${amount}${unit}`),
  size: ({ amount }, { size, unit }) => says(size === amount, `must be exactly ${amount}${unit}`),
  gt: ({ amount }, { size, unit }) => says(size > amount, `must be more than ${amount}${unit}`),
  gte: ({ amount }, { size, unit }) => says(size >= amount, `must be at least ${amount}${unit}`),
  lt: ({ amount }, { size, unit }) => says(size < amount, `must be less than ${amount}${unit}`),
  lte: ({ amount }, { size, unit }) => says(size <= amount, `must be at most ${amount}${unit}`),
  between: ({ least, most }, { size, unit }) =>
    says(size >= least && size <= most, `must be from ${least} to ${most}${unit}`),
  digits: ({ amount }, { text }) => says(hasDigits(text, amount, amount), `must be ${amount} digits`),
  digits_between: ({ least, most }, { text }) =>
    says(hasDigits(text, least, most), `must be ${least} to ${most} digits`),
  in: ({ words }, { text }) => says(words.includes(text), `must be one of ${words.join(', ')}`),
  not_in: ({ words }, { text }) => says(!words.includes(text), `must not be one of ${words.join(', ')}`),
  starts_with: ({ words }, { text }) =>
    says(
      words.some((word) => text.startsWith(word)),
      `must start with ${words.join(' or ')}`,
    ),
  ends_with: ({ words }, { text }) =>
    says(
      words.some((word) => text.endsWith(word)),
      `must end with ${words.join(' or ')}`,
    ),
  regex: (check, { text }) => patternIssue(check, text, true),
  not_regex: (check, { text }) => patternIssue(check, text, false),
};

function patternIssue(check: CheckOf<'regex'>, text: string, mustMatch: boolean): string | null {
  if (text.length > maxPatternInput) return `must be at most ${maxPatternInput} characters`;
  const matches = compileCheck(check).test(text);
  return says(matches === mustMatch, `must ${mustMatch ? '' : 'not '}match ${check.pattern}`);
}

const isNumeric = (text: string) =>
  /^\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*$/.test(text.slice(0, 100));
const hasDigits = (text: string, least: number, most: number) =>
  /^\d+$/.test(text) && text.length >= least && text.length <= most;
const isAddress = (text: string, ...kinds: z.ZodType[]) => kinds.some((kind) => kind.safeParse(text).success);

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
