import type { Template } from '@catalyst/shared/features/templates';
import { ruleIssue } from '@catalyst/shared/features/variable-rules';
import { placeholderNames, placeholdersOf, templateTexts } from './render.ts';
import { assertSafePattern } from './safe-pattern.ts';

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
    if (isReserved(variable.name)) fail(`the name ${variable.name} is reserved`);
    if (variable.rule.kind === 'text' && variable.rule.pattern !== undefined) {
      assertSafePattern(variable.rule.pattern);
    }
    const problem = ruleIssue(variable.rule, variable.defaultValue);
    if (problem && variable.defaultValue !== '') fail(`the default of ${variable.name} ${problem}`);
  }
  const { done, ports } = template;
  if (new Set(ports.map((port) => port.name)).size < ports.length) fail('two ports have the same name');
  if (done.kind === 'port' && !ports.some((port) => port.name === done.port)) {
    fail(`the done rule names the unknown port ${done.port}`);
  }
}

const isReserved = (name: string) => /^(SERVER_(MEMORY_MB|PORT|IP)|PORT_.*|CATALYST_.*)$/.test(name);
