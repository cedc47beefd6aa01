import { EntitySchema } from 'typeorm';
import { idColumn, longColumn, optionalTimeColumn, timeColumn } from '../../database/columns.ts';

export interface NodeRow {
  id: string;
  name: string;
  isLocal: boolean;
  hostname: string | null;
  locationId: string | null;
  publicAddress: string;
  maxMemoryMb: number | null;
  maxCpuCores: number | null;
  opensFirewall: boolean;
  /** The raw Ed25519 key that the agent proved when it enrolled; null before. */
  agentKey: string | null;
  agentVersion: string | null;
  /** Its last connection was refused, or it is accepted with a remark; the sentence is in `statusText`. */
  isRefused: boolean;
  statusText: string | null;
  lastSeenAt: Date | null;
  createdAt: Date;
}

export const NodeEntity = new EntitySchema<NodeRow>({
  name: 'Node',
  tableName: 'nodes',
  columns: {
    id: idColumn(),
    name: { type: 'text' },
    isLocal: { type: 'boolean' },
    hostname: { type: 'text', nullable: true },
    locationId: { type: 'text', nullable: true },
    publicAddress: { type: 'text' },
    maxMemoryMb: longColumn({ nullable: true }),
    maxCpuCores: { type: 'double precision', nullable: true },
    opensFirewall: { type: 'boolean' },
    agentKey: { type: 'text', nullable: true },
    agentVersion: { type: 'text', nullable: true },
    isRefused: { type: 'boolean' },
    statusText: { type: 'text', nullable: true },
    lastSeenAt: optionalTimeColumn(),
    createdAt: timeColumn(),
  },
});
