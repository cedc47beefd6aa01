import type { RuleCheck } from '@catalyst/shared/features/rule-checks';
import type { VariableRule } from '@catalyst/shared/features/variable-rules';
import { assertSafeSearch } from '../safe-pattern.ts';

/** A line of rules, apart. Only what follows a pattern's own end is another rule, so a pattern may hold any `|`. */
export function splitRules(line: string): string[] {
  const rules: string[] = [];
  for (let rest = line; rest !== ''; ) {
    const end = endOfRule(rest);
    rules.push(rest.slice(0, end));
    rest = rest.slice(end + 1);
  }
  return rules.map((rule) => rule.trim()).filter((rule) => rule !== '');
}

function endOfRule(text: string): number {
  const start = /^\s*(?:not_)?regex:/i.exec(text);
  const patternEnd = start ? endOfPattern(text, start[0].length) : 0;
  const end = text.indexOf('|', patternEnd);
  return end === -1 ? text.length : end;
}

/** A pattern ends at its delimiter, the last one of the rest that flags and a `|` follow, or nothing. */
function endOfPattern(text: string, start: number): number {
  const delimiter = text[start] ?? '';
  const closing = closingOf[delimiter] ?? delimiter;
  if (/[\w\s\\]/.test(delimiter)) return start;
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === closing && /^[a-zA-Z]*(?:\||$)/.test(text.slice(at + 1, at + 12))) return at + 1;
  }
  return start;
}

const closingOf: Record<string, string> = { '(': ')', '[': ']', '{': '}', '<': '>' };

/** Rules as a rule of ours, which says the same of every value; `problems` names those that are not applied. */
export function toVariableRule(rules: readonly string[]): { rule: VariableRule; problems: string[] } {
  const problems: string[] = [];
  const checks = rules.map((rule) => toCheck(rule, problems));
  const [first, second, third] = checks.filter(({ check }) => check !== 'string');
  const isChoice = first?.check === 'required' && second?.check === 'in' && third === undefined;
  if (isChoice && second.words.length > 0 && second.words.length <= 200) {
    const values = [...new Set(second.words)];
    if (values.every((value) => value.length <= 256)) {
      return { rule: { kind: 'choice', options: values.map((value) => ({ value })) }, problems };
    }
  }
  return { rule: { kind: 'checks', checks }, problems };
}

function toCheck(rule: string, problems: string[]): RuleCheck {
  const colon = rule.indexOf(':');
  const name = (colon === -1 ? rule : rule.slice(0, colon)).trim().toLowerCase();
  const argument = colon === -1 ? '' : rule.slice(colon + 1);
  try {
    const check = readers[name]?.(argument, name);
    if (check) return check;
    problems.push(`The rule ${rule} is not known and not applied`);
  } catch (error) {
    problems.push(`The rule ${rule} is not applied: ${error instanceof Error ? error.message : ''}`);
  }
  return { check: 'unknown', rule: rule.slice(0, 2000) };
}

type Reader = (argument: string, name: string) => RuleCheck | null;

const plain: Reader = (_, name) => ({ check: (aliases[name] ?? name) as 'string' });
const aliases: Record<string, string> = { int: 'integer', bool: 'boolean' };
const amount: Reader = (argument, name) => {
  const value = numberOf(argument);
  return value === null ? null : { check: name as 'min', amount: value };
};
const range: Reader = (argument, name) => {
  const [least, most] = argument.split(',').map(numberOf);
  return least == null || most == null ? null : { check: name as 'between', least, most };
};
const words: Reader = (argument, name) => ({ check: name as 'in', words: splitWords(argument) });
const pattern: Reader = (argument, name) => ({ check: name as 'regex', ...toPattern(argument) });

const plainNames = [
  ...['required', 'nullable', 'present', 'string', 'numeric', 'integer', 'int', 'boolean', 'bool'],
  ...['alpha', 'alpha_dash', 'alpha_num', 'url', 'ip', 'ipv4', 'ipv6', 'email', 'json'],
];
const readers: Record<string, Reader> = Object.assign(Object.create(null), {
  ...Object.fromEntries(plainNames.map((name) => [name, plain])),
  ...Object.fromEntries(
    ['min', 'max', 'size', 'gt', 'gte', 'lt', 'lte', 'digits'].map((name) => [name, amount]),
  ),
  ...Object.fromEntries(['between', 'digits_between'].map((name) => [name, range])),
  ...Object.fromEntries(['in', 'not_in', 'starts_with', 'ends_with'].map((name) => [name, words])),
  ...Object.fromEntries(['regex', 'not_regex'].map((name) => [name, pattern])),
});

function numberOf(text: string): number | null {
  const value = Number(text.trim());
  return text.trim() === '' || !Number.isFinite(value) ? null : value;
}

/** As in a line of CSV: quotes stand around words that hold a comma. */
function splitWords(text: string): string[] {
  const found = [...text.matchAll(/"((?:[^"]|"")*)"(?:,|$)|([^,]*)(?:,|$)/g)];
  const all = found.map(([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare ?? '');
  // The end of the text is found once more, as an empty word.
  return all.slice(0, -1);
}

/** A pattern without its delimiters, written as this engine wants it. Throws a sentence about one that it will not run. */
function toPattern(text: string): { pattern: string; ignoreCase: boolean } {
  const delimiter = text[0] ?? '';
  const closing = closingOf[delimiter] ?? delimiter;
  const end = text.lastIndexOf(closing);
  if (/[\w\s\\]/.test(delimiter) || end < 1) throw new Error('the pattern has no delimiters');
  const flags = text.slice(end + 1).trim();
  if (!/^[iuD]*$/.test(flags)) throw new Error(`the flags ${flags} are not supported`);
  const found = { pattern: withoutNeedlessEscapes(text.slice(1, end)), ignoreCase: flags.includes('i') };
  if (found.pattern.length > 500) throw new Error('the pattern is too long');
  assertSafeSearch(found);
  return found;
}

/** This engine refuses to escape what means nothing special. */
function withoutNeedlessEscapes(pattern: string): string {
  let result = '';
  let inClass = false;
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern[at] as string;
    if (character === '\\') {
      at += 1;
      const escaped = pattern[at] ?? '';
      const isNeedless = /[^\w\s^$\\.*+?()[\]{}|/-]/.test(escaped) || escaped === '_' || escaped === ' ';
      result += isNeedless || (escaped === '-' && !inClass) ? escaped : `\\${escaped}`;
    } else {
      if (character === '[') inClass = true;
      if (character === ']') inClass = false;
      result += character;
    }
  }
  return result;
}

/** A rule of ours as the community writes it. */
export function toLaravelRules(rule: VariableRule): string[] {
  switch (rule.kind) {
    case 'boolean':
      return ['required', 'string', 'in:true,false'];
    case 'integer':
      return ['required', 'integer', `between:${rule.min},${rule.max}`];
    case 'choice':
      return ['required', 'string', `in:${rule.options.map(({ value }) => quoted(value)).join(',')}`];
    case 'text': {
      const { minLength, maxLength, pattern: source } = rule;
      return [
        minLength > 0 ? 'required' : 'nullable',
        'string',
        ...(minLength > 1 ? [`min:${minLength}`] : []),
        `max:${maxLength}`,
        ...(source === undefined ? [] : [`regex:/^(?:${escapedSlashes(source)})$/u`]),
      ];
    }
    case 'checks':
      return rule.checks.map(fromCheck);
  }
}

function fromCheck(check: RuleCheck): string {
  if ('rule' in check) return check.rule;
  if ('amount' in check) return `${check.check}:${check.amount}`;
  if ('least' in check) return `${check.check}:${check.least},${check.most}`;
  if ('words' in check) return `${check.check}:${check.words.map(quoted).join(',')}`;
  if ('pattern' in check) {
    return `${check.check}:/${escapedSlashes(check.pattern)}/${check.ignoreCase ? 'iu' : 'u'}`;
  }
  return check.check;
}

const quoted = (word: string) => (/[",]/.test(word) ? `"${word.replaceAll('"', '""')}"` : word);
const escapedSlashes = (source: string) => source.replace(/(^|[^\\])\//g, '$1\\/');
