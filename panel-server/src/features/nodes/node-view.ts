import type { Node } from '@catalyst/shared/features/nodes';
import type { HealthReport } from '@catalyst/shared/features/nodes-link';
import { fingerprintOf } from '@catalyst/shared/node/key-fingerprint';
import type { NodeRow } from './node.entity.ts';

export type TimedHealth = HealthReport & { at: Date };

/** What the servers of a node were promised together. */
export interface Allocated {
  memoryMb: number;
  cpuCores: number;
  servers: number;
}

export const noServers: Allocated = { memoryMb: 0, cpuCores: 0, servers: 0 };

export function describeNode(
  row: NodeRow,
  { isOnline, health, allocated }: { isOnline: boolean; health: TimedHealth | null; allocated: Allocated },
): Node {
  return {
    id: row.id,
    name: row.name,
    status: statusOf(row, isOnline),
    statusText: row.statusText,
    local: row.isLocal,
    publicAddress: row.publicAddress,
    maxMemoryMb: row.maxMemoryMb,
    maxCpuCores: row.maxCpuCores,
    opensFirewall: row.opensFirewall,
    allocatedMemoryMb: allocated.memoryMb,
    allocatedCpuCores: allocated.cpuCores,
    serverCount: allocated.servers,
    agentVersion: row.agentVersion,
    fingerprint: row.agentKey === null ? null : fingerprintOf(row.agentKey),
    lastSeenAt: row.lastSeenAt,
    health: isOnline ? health : null,
    createdAt: row.createdAt,
  };
}

function statusOf({ isRefused, agentKey }: NodeRow, isOnline: boolean): Node['status'] {
  if (isOnline) return 'online';
  if (isRefused) return 'refused';
  return agentKey === null ? 'unlinked' : 'offline';
}
