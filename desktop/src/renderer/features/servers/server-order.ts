import type { Server } from '@catalyst/shared/features/servers';
import type { ServerFilter } from '../../api/keys.ts';
import { statsHistory } from '../../api/stats-history.ts';

export type SortColumn = 'state' | 'name' | 'node' | 'address' | 'cpu' | 'memory' | 'since';
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

const comparers: Record<SortColumn, (a: Server, b: Server) => number> = {
  state: (a, b) => stateRank[a.state] - stateRank[b.state],
  name: () => 0,
  node: (a, b) => collator.compare(a.node.name, b.node.name),
  address: (a, b) => collator.compare(a.address, b.address),
  cpu: (a, b) => cpuShare(b) - cpuShare(a),
  memory: (a, b) => memoryShare(b) - memoryShare(a),
  since: (a, b) => sinceOf(b).getTime() - sinceOf(a).getTime(),
};

/** A sorted copy. Equal servers are in the order of their names, so that rows do not jump. */
export function sortServers(servers: readonly Server[], { column, descending }: Sorting): Server[] {
  const direction = descending ? -1 : 1;
  return servers.toSorted((a, b) => {
    const order = comparers[column](a, b);
    if (order !== 0) return order * direction;
    const byName = collator.compare(a.name, b.name);
    return (column === 'name' ? byName * direction : byName) || (a.id < b.id ? -1 : 1);
  });
}

/** Every word must occur somewhere in what the row shows. */
export function filterServers(servers: readonly Server[], { q, state, nodeId }: ServerFilter): Server[] {
  const words = (q ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  return servers.filter((server) => {
    if (state && server.state !== state) return false;
    if (nodeId && server.node.id !== nodeId) return false;
    if (words.length === 0) return true;
    const text =
      `${server.name} ${server.template.name} ${server.node.name} ${server.address} ${server.owner.name}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** Since when it has been as it is: up since its start, otherwise since its state changed. */
export const sinceOf = (server: Server): Date =>
  server.state === 'running' && server.startedAt ? server.startedAt : server.stateChangedAt;

const latest = (server: Server) => statsHistory.of(server.id).at(-1) ?? server.stats;
const cpuShare = (server: Server) => (latest(server)?.cpuPercent ?? -1) / server.allocatedCpuCores;
const memoryShare = (server: Server) => (latest(server)?.memoryBytes ?? -1) / server.allocatedMemoryMb;
