import type { TemplateVariable, VariableRule } from '@catalyst/shared/features/templates';

/** The panel matches patterns against no longer text. */
const maxMatchedLength = 256;

/** What the panel would say of a value, as the end of a sentence; null when it follows its rule. */
export function variableIssue({ rule }: Pick<TemplateVariable, 'rule'>, value: string): string | null {
  if (/[\p{Cc}\u2028\u2029]/u.test(value) || !value.isWellFormed()) {
    return 'must not contain control characters';
  }
  switch (rule.kind) {
    case 'integer':
      return /^-?\d{1,15}$/.test(value) && Number(value) >= rule.min && Number(value) <= rule.max
        ? null
        : `must be a whole number from ${rule.min} to ${rule.max}`;
    case 'boolean':
      return value === 'true' || value === 'false' ? null : 'must be on or off';
    case 'choice':
      return rule.options.includes(value) ? null : 'must be one of the choices';
    case 'text':
      return textIssue(rule, value);
  }
}

/** Problems by the paths under which the panel would report them, `environment.SEED`. */
export function environmentIssues(
  variables: readonly TemplateVariable[],
  values: Readonly<Record<string, string>>,
): Record<string, string> {
  const issues: Record<string, string> = {};
  for (const variable of variables) {
    const value = values[variable.name];
    // A secret that stays empty stays as it is.
    if (value === undefined || (variable.secret && value === '')) continue;
    const issue = variableIssue(variable, value);
    if (issue) issues[`environment.${variable.name}`] = issue;
  }
  return issues;
}

function textIssue(rule: Extract<VariableRule, { kind: 'text' }>, value: string): string | null {
  const maxLength = rule.pattern === undefined ? rule.maxLength : Math.min(rule.maxLength, maxMatchedLength);
  if (value.length > maxLength) return `must be at most ${maxLength} characters`;
  if (value.length < rule.minLength) {
    return value === '' ? 'must not be empty' : `must be at least ${rule.minLength} characters`;
  }
  if (rule.pattern === undefined || matches(rule.pattern, value)) return null;
  return rule.hint ?? `must match ${rule.pattern}`;
}

function matches(pattern: string, value: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`, 'u').test(value);
  } catch {
    // A pattern this browser does not know is left to the panel.
    return true;
  }
}
