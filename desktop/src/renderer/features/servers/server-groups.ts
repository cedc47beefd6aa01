import type { Server } from '@catalyst/shared/features/servers';

/** A line of the list: a server, or the head of those that follow. */
export type ListRow = { server: Server } | { heading: string | null; count: number };

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** The servers in the order they come, under the names of their groups; those without one last. */
export function groupedServers(servers: readonly Server[]): { group: string | null; servers: Server[] }[] {
  return [...Map.groupBy(servers, ({ group }) => group)]
    .map(([group, members]) => ({ group, servers: members }))
    .sort(
      (a, b) =>
        Number(a.group === null) - Number(b.group === null) || collator.compare(a.group ?? '', b.group ?? ''),
    );
}

export function listRows(servers: readonly Server[], isGrouped: boolean): ListRow[] {
  if (!isGrouped) return servers.map((server) => ({ server }));
  return groupedServers(servers).flatMap(({ group, servers: members }) => [
    { heading: group, count: members.length },
    ...members.map((server) => ({ server })),
  ]);
}
