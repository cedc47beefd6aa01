import type { TemplateVariable } from '@catalyst/shared/features/templates';
import { ruleIssue } from '@catalyst/shared/features/variable-rules';
import { asSentence } from '../../api/errors.ts';

/** What the panel would say of these values, by the paths under which it would: `environment.SEED`. */
export function environmentIssues(
  variables: readonly TemplateVariable[],
  values: Readonly<Record<string, string>>,
): Record<string, string> {
  const issues: Record<string, string> = {};
  for (const { name, rule, secret } of variables) {
    const value = values[name];
    // A secret that stays empty stays as it is.
    if (value === undefined || (secret && value === '')) continue;
    const issue = issueHere(rule, value);
    if (issue) issues[`environment.${name}`] = asSentence(issue);
  }
  return issues;
}

function issueHere(rule: TemplateVariable['rule'], value: string): string | null {
  try {
    return ruleIssue(rule, value);
  } catch {
    // A pattern this browser cannot read is left to the panel.
    return null;
  }
}
