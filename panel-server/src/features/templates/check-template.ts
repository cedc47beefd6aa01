import { placeholderNames, placeholdersOf, templateTexts } from '@catalyst/shared/features/render-template';
import type { Template } from '@catalyst/shared/features/templates';
import { ruleIssue, type VariableRule } from '@catalyst/shared/features/variable-rules';
import { assertSafePattern, assertSafeSearch } from './safe-pattern.ts';

/** Throws a sentence about the first thing that would make servers of this template fail. */
export function checkTemplate(template: Template): void {
  const fail = (problem: string): never => {
    throw new Error(`Template ${template.id}: ${problem}`);
  };
  const known = placeholderNames(template);
  for (const text of templateTexts(template)) {
    for (const name of placeholdersOf(text)) if (!known.has(name)) fail(`unknown placeholder {{${name}}}`);
  }
  const names = new Set<string>();
  for (const variable of template.variables) {
    if (names.has(variable.name)) fail(`two variables are named ${variable.name}`);
    names.add(variable.name);
    if (isReserved(variable.name, template)) fail(`the name ${variable.name} is reserved`);
    assertSafeRule(variable.rule);
    // Others are imported as they are, and asked for when somebody makes a server.
    if (template.origin === 'imported') continue;
    const problem = ruleIssue(variable.rule, variable.defaultValue);
    if (problem && variable.defaultValue !== '') fail(`the default of ${variable.name} ${problem}`);
  }
  const { done, ports, stop } = template;
  if (done.kind === 'lines') {
    for (const pattern of done.matching) assertSafeSearch({ pattern, ignoreCase: false });
  }
  if (stop.kind === 'command' && stop.followUp && stop.followUp.afterSeconds >= stop.timeoutSeconds) {
    fail('the signal to stop comes after the time to kill');
  }
  if (new Set(ports.map((port) => port.name)).size < ports.length) fail('two ports have the same name');
  for (const { variable } of ports) {
    if (variable !== undefined && !names.has(variable)) fail(`a port names the unknown variable ${variable}`);
  }
  if ('port' in done && !ports.some((port) => port.name === done.port)) {
    fail(`the done rule names the unknown port ${done.port}`);
  }
}

function assertSafeRule(rule: VariableRule): void {
  if (rule.kind === 'text' && rule.pattern !== undefined) assertSafePattern(rule.pattern);
  if (rule.kind !== 'checks') return;
  for (const check of rule.checks) if ('pattern' in check) assertSafeSearch(check);
}

/** Names that come from the panel. Lines of a shell know fewer of them. */
function isReserved(name: string, template: Template): boolean {
  if (/^CATALYST_/i.test(name)) return true;
  if ('argv' in template.startup) return /^(SERVER_(MEMORY_MB|PORT|IP)|PORT_.*)$/.test(name);
  const ofPanel = [...placeholderNames({ ...template, variables: [] }), 'STARTUP', 'SERVER_MEMORY'];
  return ofPanel.includes(name.toUpperCase());
}
