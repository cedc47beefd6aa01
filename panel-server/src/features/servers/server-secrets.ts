import type { Template } from '@catalyst/shared/features/templates';
import type { SecretBox } from '../../identity/secret-box.ts';
import type { ServerRow } from './server.entity.ts';

type Stored = Pick<ServerRow, 'environment' | 'sealedEnvironment'>;

export const environmentPlace = (serverId: string) => `servers/${serverId}/environment`;

/** Values as they are stored: the secret ones sealed apart. */
export function sealEnvironment(
  secrets: SecretBox,
  serverId: string,
  template: Template,
  values: Readonly<Record<string, string>>,
): Stored {
  const isSecret = new Set(template.variables.filter(({ secret }) => secret).map(({ name }) => name));
  const entries = Object.entries(values);
  const hidden = entries.filter(([name]) => isSecret.has(name));
  return {
    environment: Object.fromEntries(entries.filter(([name]) => !isSecret.has(name))),
    sealedEnvironment: hidden.length
      ? secrets.seal(JSON.stringify(Object.fromEntries(hidden)), environmentPlace(serverId))
      : null,
  };
}

export function openEnvironment(
  secrets: SecretBox,
  { id, environment, sealedEnvironment }: Pick<ServerRow, 'id'> & Stored,
): Record<string, string> {
  if (sealedEnvironment === null) return environment;
  return { ...environment, ...JSON.parse(secrets.open(sealedEnvironment, environmentPlace(id))) };
}
