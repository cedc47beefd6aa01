import type { RuleCheck } from '@catalyst/shared/features/rule-checks';
import type { DoneRule, QueryProtocol, RestartPolicy, StopRule } from '@catalyst/shared/features/server-spec';
import type { TemplateVariable } from '@catalyst/shared/features/templates';
import type { VariableRule } from '@catalyst/shared/features/variable-rules';
import { formatDuration } from '../../components/units.ts';
import { strings } from './strings.ts';

/** What a value may be: `Whole number from 2 to 255`. */
export function ruleInWords(rule: VariableRule): string {
  switch (rule.kind) {
    case 'text':
      return [
        rule.minLength > 0
          ? `Text of ${rule.minLength} to ${rule.maxLength} characters`
          : `Text of at most ${rule.maxLength} characters`,
        ...(rule.pattern === undefined ? [] : [`that matches ${rule.pattern}`]),
      ].join(' ');
    case 'integer':
      return `Whole number from ${rule.min} to ${rule.max}`;
    case 'boolean':
      return 'Yes or no';
    case 'choice':
      return `One of ${rule.options.map(({ value, label }) => label ?? value).join(', ')}`;
    case 'checks':
      return asSentence(rule.checks.map(checkInWords).filter((words) => words !== ''));
  }
}

function asSentence(words: string[]): string {
  if (words.length === 0) return 'Anything';
  const text = words.join(', ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Those that are no more than their name. */
type PlainCheck = Exclude<
  RuleCheck,
  { amount: number } | { least: number } | { words: string[] } | { pattern: string } | { rule: string }
>['check'];

const plainChecks: Record<PlainCheck, string> = {
  required: 'required',
  nullable: 'may be empty',
  present: '',
  string: 'text',
  numeric: 'number',
  integer: 'whole number',
  boolean: '1, 0, true or false',
  alpha: 'letters',
  alpha_dash: 'letters, digits, - and _',
  alpha_num: 'letters and digits',
  url: 'URL',
  ip: 'IP address',
  ipv4: 'IPv4 address',
  ipv6: 'IPv6 address',
  email: 'e-mail address',
  json: 'JSON',
};

const amounts = {
  min: 'at least',
  max: 'at most',
  size: 'exactly',
  gt: 'more than',
  gte: 'at least',
  lt: 'less than',
  lte: 'at most',
};
const lists = {
  in: 'one of',
  not_in: 'none of',
  starts_with: 'begins with',
  ends_with: 'ends with',
};

function checkInWords(check: RuleCheck): string {
  switch (check.check) {
    case 'min':
    case 'max':
    case 'size':
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return `${amounts[check.check]} ${check.amount}`;
    case 'between':
      return `from ${check.least} to ${check.most}`;
    case 'digits':
      return `${check.amount} digits`;
    case 'digits_between':
      return `${check.least} to ${check.most} digits`;
    case 'in':
    case 'not_in':
    case 'starts_with':
    case 'ends_with':
      return `${lists[check.check]} ${check.words.join(', ')}`;
    case 'regex':
      return `matches ${check.pattern}`;
    case 'not_regex':
      return `does not match ${check.pattern}`;
    case 'unknown':
      return `“${check.rule}” (not applied)`;
    default:
      return plainChecks[check.check];
  }
}

const queries: Record<QueryProtocol, string> = {
  minecraft: 'Minecraft',
  'minecraft-bedrock': 'Minecraft Bedrock',
  source: 'Source (A2S)',
};

export function doneInWords(rule: DoneRule): string {
  return whenInWords(rule) + strings.within(timeInWords(rule.timeoutSeconds));
}

function whenInWords(rule: DoneRule): string {
  if (rule.kind === 'port') return strings.donePort(rule.port);
  if (rule.kind === 'query') return strings.doneQuery(queries[rule.protocol], rule.port);
  if (rule.kind === 'line') return strings.doneLine(rule.contains);
  // An empty text is in every line.
  return rule.anyOf.includes('') ? strings.doneAny : strings.doneLines(rule.anyOf, rule.matching);
}

export function stopInWords(rule: StopRule): string {
  return howItStops(rule) + strings.killedAfter(timeInWords(rule.timeoutSeconds));
}

function howItStops(rule: StopRule): string {
  if (rule.kind === 'signal') return strings.stopSignal(rule.signal);
  const { command, followUp } = rule;
  if (!followUp) return strings.stopCommand(command);
  return (
    strings.stopCommand(command) + strings.stopFollowUp(followUp.signal, timeInWords(followUp.afterSeconds))
  );
}

export function restartInWords({ mode, maxRestarts, windowSeconds }: RestartPolicy): string {
  if (mode === 'never') return strings.restarts.never;
  return strings.restarts[mode] + strings.restartLimit(maxRestarts, timeInWords(windowSeconds));
}

/** A limit is told exactly, and not to its two largest parts. */
export const timeInWords = (seconds: number): string =>
  seconds % 60 === 0 ? formatDuration(seconds) : `${seconds} s`;

/** What those who have a server may do with a variable. */
export function accessInWords({ userVisible, userEditable }: TemplateVariable): string {
  if (!userVisible) return strings.access.hidden;
  return userEditable ? strings.access.editable : strings.access.readOnly;
}
