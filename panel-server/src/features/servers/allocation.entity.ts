import { EntitySchema } from 'typeorm';
import { idColumn } from '../../database/columns.ts';

/**
 * One port of one protocol, given to one server; a port for `both` is two rows. It outlives its server until the agent
 * has confirmed the removal, so `serverId` may name a server that is only a tombstone.
 */
export interface AllocationRow {
  id: string;
  nodeId: string;
  serverId: string;
  ip: string;
  port: number;
  protocol: 'tcp' | 'udp';
  /** Where the server listens, when not at `port`. */
  targetPort: number | null;
  /** Of which network `ip` is an address; null for addresses of the machine, where ports can meet. */
  networkId: string | null;
  /** Of the template's port, or what somebody called it. */
  name: string;
  /** Place among the server's ports: those of the template in its order, then the others. */
  position: number;
  /** A host name that players are told in place of the address. */
  alias: string | null;
  notes: string;
  /** Players are told this one; the first where none is. */
  isPrimary: boolean;
}

export const AllocationEntity = new EntitySchema<AllocationRow>({
  name: 'Allocation',
  tableName: 'allocations',
  columns: {
    id: idColumn(),
    nodeId: { type: 'text' },
    serverId: { type: 'text' },
    ip: { type: 'text' },
    port: { type: 'integer' },
    protocol: { type: 'text' },
    targetPort: { type: 'integer', nullable: true },
    networkId: { type: 'text', nullable: true },
    name: { type: 'text' },
    position: { type: 'integer' },
    alias: { type: 'text', nullable: true },
    notes: { type: 'text' },
    isPrimary: { type: 'boolean' },
  },
  uniques: [{ name: 'allocations_once', columns: ['nodeId', 'ip', 'port', 'protocol'] }],
});
