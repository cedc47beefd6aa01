import type { Server } from '@catalyst/shared/features/servers';
import type { ServerFilter } from '../../api/keys.ts';
import { matchesFilter } from '../../api/server-filter.ts';
import { statsHistory } from '../../api/stats-history.ts';

export type SortColumn = 'favourite' | 'state' | 'name' | 'node' | 'address' | 'cpu' | 'memory' | 'since';
export interface Sorting {
  column: SortColumn;
  descending: boolean;
}

/** Trouble first, then what moves, then what runs. */
const stateRank: Record<Server['state'], number> = {
  crashed: 0,
  error: 1,
  installing: 2,
  starting: 3,
  stopping: 4,
  restoring: 5,
  transferring: 6,
  running: 7,
  stopped: 8,
  suspended: 9,
};

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

const comparers: Record<Exclude<SortColumn, 'favourite'>, (a: Server, b: Server) => number> = {
  state: (a, b) => stateRank[a.state] - stateRank[b.state],
  name: () => 0,
  node: (a, b) => collator.compare(a.node.name, b.node.name),
  address: (a, b) => collator.compare(a.address, b.address),
  cpu: (a, b) => cpuShare(b) - cpuShare(a),
  memory: (a, b) => memoryShare(b) - memoryShare(a),
  since: (a, b) => sinceOf(b).getTime() - sinceOf(a).getTime(),
};

/** A sorted copy. Equal servers are in the order of their names, so that rows do not jump. */
export function sortServers(
  servers: readonly Server[],
  { column, descending }: Sorting,
  isFavourite: (id: string) => boolean = () => false,
): Server[] {
  const direction = descending ? -1 : 1;
  const compare =
    column === 'favourite'
      ? (a: Server, b: Server) => Number(isFavourite(b.id)) - Number(isFavourite(a.id))
      : comparers[column];
  return servers.toSorted((a, b) => {
    const order = compare(a, b);
    if (order !== 0) return order * direction;
    const byName = collator.compare(a.name, b.name);
    return (column === 'name' ? byName * direction : byName) || (a.id < b.id ? -1 : 1);
  });
}

export const filterServers = (servers: readonly Server[], filter: ServerFilter): Server[] =>
  servers.filter((server) => matchesFilter(server, filter));

/** Since when it has been as it is: up since its start, otherwise since its state changed. */
export const sinceOf = (server: Server): Date =>
  server.state === 'running' && server.startedAt ? server.startedAt : server.stateChangedAt;

const latest = (server: Server) => statsHistory.of(server.id).at(-1) ?? server.stats;
const cpuShare = (server: Server) => (latest(server)?.cpuPercent ?? -1) / server.allocatedCpuCores;
const memoryShare = (server: Server) => (latest(server)?.memoryBytes ?? -1) / server.allocatedMemoryMb;
