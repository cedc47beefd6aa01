import { AppError } from '@catalyst/shared/contract/errors';
import { placeholderNames, placeholdersOf, templateFields } from '@catalyst/shared/features/render-template';
import type { Template } from '@catalyst/shared/features/templates';
import { ruleIssue, type VariableRule } from '@catalyst/shared/features/variable-rules';
import { assertSafePattern, assertSafeSearch } from './safe-pattern.ts';

/** Throws `invalid_input` with the field of the first thing that would make servers of this template fail. */
export function checkTemplate(template: Template): void {
  const fail = (path: string, problem: string): never => {
    const issues = [{ path, message: problem }];
    throw new AppError('invalid_input', `Template ${template.id}: ${problem}`, { issues });
  };
  const assertSafe = (path: string, check: () => void) => {
    try {
      check();
    } catch (error) {
      fail(path, error instanceof Error ? error.message : 'cannot be read');
    }
  };
  const known = placeholderNames(template);
  for (const { path, text } of templateFields(template)) {
    for (const name of placeholdersOf(text))
      if (!known.has(name)) fail(path, `unknown placeholder {{${name}}}`);
  }
  const names = new Set<string>();
  for (const [at, variable] of template.variables.entries()) {
    const path = `variables.${at}`;
    if (names.has(variable.name)) fail(`${path}.name`, `two variables are named ${variable.name}`);
    names.add(variable.name);
    if (isReserved(variable.name, template)) fail(`${path}.name`, `the name ${variable.name} is reserved`);
    assertSafe(`${path}.rule`, () => assertSafeRule(variable.rule));
    // Others are imported as they are, and asked for when somebody makes a server.
    if (template.origin === 'imported') continue;
    const problem = ruleIssue(variable.rule, variable.defaultValue);
    if (problem && variable.defaultValue !== '') {
      fail(`${path}.defaultValue`, `the default of ${variable.name} ${problem}`);
    }
  }
  const { done, ports, stop } = template;
  if (done.kind === 'lines') {
    for (const [at, pattern] of done.matching.entries()) {
      assertSafe(`done.matching.${at}`, () => assertSafeSearch({ pattern, ignoreCase: false }));
    }
  }
  if (stop.kind === 'command' && stop.followUp && stop.followUp.afterSeconds >= stop.timeoutSeconds) {
    fail('stop.followUp.afterSeconds', 'the signal to stop comes after the time to kill');
  }
  for (const [at, { name, variable }] of ports.entries()) {
    if (ports.findIndex((port) => port.name === name) < at) {
      fail(`ports.${at}.name`, 'two ports have the same name');
    }
    if (variable !== undefined && !names.has(variable)) {
      fail(`ports.${at}.variable`, `a port names the unknown variable ${variable}`);
    }
  }
  if ('port' in done && !ports.some((port) => port.name === done.port)) {
    fail('done.port', `the done rule names the unknown port ${done.port}`);
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
