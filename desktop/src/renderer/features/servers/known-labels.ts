import type { Server } from '@catalyst/shared/features/servers';

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

export const tagsOf = (servers: readonly Server[]): string[] =>
  [...new Set(servers.flatMap(({ tags }) => tags))].sort(collator.compare);

export const groupsOf = (servers: readonly Server[]): string[] =>
  [...new Set(servers.flatMap(({ group }) => group ?? []))].sort(collator.compare);
