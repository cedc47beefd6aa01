import { AppError } from '@catalyst/shared/contract/errors';
import type { PortBinding } from '@catalyst/shared/features/server-spec';
import { NewPortBinding } from '@catalyst/shared/features/servers';
import type { Template } from '@catalyst/shared/features/templates';

export interface PortOfVariable {
  port: number;
  /** Of the field that asked for it. */
  path: string;
}

type Values = Readonly<Record<string, string>>;

/** Of the variables that hold numbers of ports: those numbers, as the game sees them. */
export function portValues({ ports }: Pick<Template, 'ports'>, bindings: readonly PortBinding[]): Values {
  return Object.fromEntries(
    ports.flatMap(({ name, variable }) => {
      const binding = bindings.find((one) => one.name === name);
      return variable && binding ? [[variable, String(binding.targetPort ?? binding.port)]] : [];
    }),
  );
}

/**
 * By name, the ports that are asked for as the value of a variable: those that are given another one than they have
 * anyway. Throws `invalid_input` for what is no port.
 */
export function portsOfVariables(
  { ports }: Pick<Template, 'ports'>,
  given: Values,
  before: Values,
): ReadonlyMap<string, PortOfVariable> {
  const asked = new Map<string, PortOfVariable>();
  for (const { name, variable } of ports) {
    const value = variable === undefined ? undefined : given[variable];
    if (value === undefined || value === '' || value === before[variable as string]) continue;
    const path = `environment.${variable}`;
    const port = NewPortBinding.shape.port.safeParse(/^\d{1,5}$/.test(value) ? Number(value) : Number.NaN);
    if (!port.success || port.data === undefined) {
      const message = 'is the number of a port: must be between 1024 and 65535';
      throw new AppError('invalid_input', `${variable} ${message}`, { issues: [{ path, message }] });
    }
    asked.set(name, { port: port.data, path });
  }
  return asked;
}

/** What a new server's variables are when nobody says anything about them. */
export const defaultValues = ({ variables }: Pick<Template, 'variables'>): Values =>
  Object.fromEntries(variables.map(({ name, defaultValue }) => [name, defaultValue]));
