import { AppError, type Issue } from '@catalyst/shared/contract/errors';
import type { Template, TemplateVariable } from '@catalyst/shared/features/templates';
import { ruleIssue } from '@catalyst/shared/features/variable-rules';

export interface VariableOptions {
  /** What the server has now; empty for a new one. */
  current: Readonly<Record<string, string>>;
  /** Whether the caller may also set what is not for users to edit. */
  mayEditAll: boolean;
}

/**
 * The values a server gets: the current ones and the template's defaults, with the given ones over them. Throws
 * `forbidden` for a variable the caller may not set, `invalid_input` naming each value that breaks its rule.
 */
export function resolveVariables(
  template: Template,
  given: Readonly<Record<string, string>>,
  { current, mayEditAll }: VariableOptions,
): Record<string, string> {
  const values: Record<string, string> = {};
  const issues: Issue[] = [];
  const byName = new Map(template.variables.map((variable) => [variable.name, variable]));
  for (const name of Object.keys(given)) {
    const variable = byName.get(name);
    if (!variable) {
      issues.push({ path: `environment.${name}`, message: 'is not a variable of this template' });
    } else if (!variable.userEditable && !mayEditAll && given[name] !== current[name]) {
      throw new AppError('forbidden', `${variable.label} cannot be changed`, {
        issues: [{ path: `environment.${name}`, message: 'cannot be changed' }],
      });
    }
  }
  const ofPorts = new Set(template.ports.map(({ variable }) => variable));
  for (const variable of template.variables) {
    const { name } = variable;
    const value = chosen(variable, given, current);
    // Numbers that the panel chooses are for nobody to put right.
    const isChosen = ofPorts.has(name) && !(name in given);
    const problem = isChosen ? null : ruleIssue(variable.rule, value);
    if (problem) issues.push({ path: `environment.${name}`, message: problem });
    values[name] = value;
  }
  if (issues.length > 0) {
    throw new AppError('invalid_input', 'A variable does not have a value its template allows', { issues });
  }
  return values;
}

/** A secret is never shown, so an empty one that comes back means "as it was". */
function chosen(
  variable: TemplateVariable,
  given: Readonly<Record<string, string>>,
  current: Readonly<Record<string, string>>,
): string {
  const { name, defaultValue, secret } = variable;
  const before = current[name] ?? defaultValue;
  const value = given[name];
  if (value === undefined || (secret && value === '')) return before;
  return value;
}
