import type { TemplateVariable } from '@catalyst/shared/features/templates';
import { ruleIssue } from '@catalyst/shared/features/variable-rules';
import type { EggVariable } from './egg-document.ts';
import { onOneLine, onSeveralLines } from './egg-text.ts';
import type { ImportNotes } from './import-notes.ts';
import { isObject, type JsonObject, type JsonValue } from './json-value.ts';
import { splitRules, toLaravelRules, toVariableRule } from './laravel-rules.ts';

/** What the panel and the images set themselves. */
const reserved = new Set([
  ...['SERVER_MEMORY', 'SERVER_MEMORY_MB', 'SERVER_IP', 'SERVER_PORT', 'SERVER_UUID', 'UUID', 'PORT_GAME'],
  ...['ENV', 'HOME', 'USER', 'PATH', 'PWD', 'STARTUP', 'MODIFIED_STARTUP', 'INTERNAL_IP'],
  ...['P_SERVER_UUID', 'P_SERVER_LOCATION', 'P_SERVER_ALLOCATION_LIMIT'],
]);

/** What we call a variable: one whose name is taken gets another, and one that starts with a digit too. */
export function nameOfVariable(name: string): string {
  const isTaken = reserved.has(name.toUpperCase()) || /^catalyst_/i.test(name);
  return `${isTaken ? 'SERVER_' : /^\d/.test(name) ? '_' : ''}${name}`.slice(0, 128);
}

export function toTemplateVariables(
  variables: readonly EggVariable[],
  notes: ImportNotes,
): TemplateVariable[] {
  const byName = new Map<string, TemplateVariable>();
  for (const [index, given] of variables.entries()) {
    const variable = toTemplateVariable(given, `variables.${index}`, notes);
    if (byName.has(variable.name)) {
      notes.changed(`variables.${index}`, `${variable.name} is there twice; the first one counts`);
    } else {
      byName.set(variable.name, variable);
    }
  }
  notes.understood('variables', `${byName.size} variables`);
  return [...byName.values()];
}

function toTemplateVariable(given: EggVariable, path: string, notes: ImportNotes): TemplateVariable {
  const { env_variable: original, user_viewable, user_editable } = given;
  const name = nameOfVariable(original);
  if (name !== original) notes.changed(`${path}.env_variable`, `${original} is taken; it is ${name} now`);
  const rules = typeof given.rules === 'string' ? splitRules(given.rules) : given.rules.flatMap(splitRules);
  const { rule, problems } = toVariableRule(rules.slice(0, 50));
  for (const problem of problems) notes.refused(`${path}.rules`, problem);
  const defaultValue = asText(given.default_value);
  if (defaultValue !== '') {
    const issue = ruleIssue(rule, defaultValue);
    if (issue) notes.kept(`${path}.default_value`, `does not follow its own rules: it ${issue}`);
  }
  const isSecret = /(?:PASS|PASSWD|PASSWORD|TOKEN|SECRET|API_?KEY)$/i.test(name);
  if (isSecret) notes.changed(path, `${name} is treated as a secret`);
  return {
    name,
    label: onOneLine(given.name, 80, name),
    description: onSeveralLines(given.description, 500),
    defaultValue: defaultValue.slice(0, 4096),
    rule,
    userVisible: Boolean(user_viewable),
    userEditable: Boolean(user_editable),
    secret: isSecret,
  };
}

/** Variables are text; YAML writes numbers and booleans without quotes. */
const asText = (value: JsonValue | undefined) => (value === null || value === undefined ? '' : String(value));

/** The variables of a document after those of its template have changed. What did not change is left as it was written. */
export function mergeVariables(
  originals: readonly JsonValue[],
  before: readonly TemplateVariable[],
  variables: readonly TemplateVariable[],
  rulesAsList: boolean,
): JsonObject[] {
  return variables.map((variable) => {
    const former = before.find(({ name }) => name === variable.name);
    const original = originals
      .filter(isObject)
      .find(({ env_variable }) => nameOfVariable(String(env_variable)) === variable.name);
    const fresh = fromTemplateVariable(variable, rulesAsList);
    if (!former || !original) return fresh;
    const changed = fromTemplateVariable(former, rulesAsList);
    const differences = Object.entries(fresh).filter(
      ([field, value]) => JSON.stringify(value) !== JSON.stringify(changed[field]),
    );
    return { ...original, ...Object.fromEntries(differences) };
  });
}

function fromTemplateVariable(variable: TemplateVariable, rulesAsList: boolean): JsonObject {
  const rules = toLaravelRules(variable.rule);
  return {
    name: variable.label,
    description: variable.description,
    env_variable: variable.name,
    default_value: variable.defaultValue,
    user_viewable: variable.userVisible,
    user_editable: variable.userEditable,
    rules: rulesAsList ? rules : rules.join('|'),
    ...(rulesAsList ? {} : { field_type: 'text' }),
  };
}
