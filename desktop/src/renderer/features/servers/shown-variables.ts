import type { Server } from '@catalyst/shared/features/servers';
import type { Template, TemplateVariable } from '@catalyst/shared/features/templates';
import { settingsStrings as strings } from './settings-strings.ts';

/** Those that the caller may see; one that holds the number of a port is changed where ports are. */
export function shownVariables(
  { variables, ports }: Pick<Template, 'variables' | 'ports'>,
  { environment, portBindings }: Pick<Server, 'environment' | 'portBindings'>,
): TemplateVariable[] {
  return variables
    .filter(({ name }) => name in environment)
    .map((variable) => {
      const port = ports.find((one) => one.variable === variable.name)?.name;
      if (port === undefined || !portBindings.some(({ name }) => name === port)) return variable;
      const description = strings.numberOf(port, variable.description);
      return { ...variable, userEditable: false, description };
    });
}
