import type { PortRange } from '@catalyst/shared/features/port-ranges';
import { EntitySchema } from 'typeorm';
import { idColumn, jsonColumn, timeColumn } from '../../database/columns.ts';

export interface PortPoolRow {
  id: string;
  nodeId: string;
  /** `0.0.0.0` for all addresses of the machine. */
  ip: string;
  ranges: PortRange[];
  alias: string | null;
  notes: string;
  createdAt: Date;
  updatedAt: Date;
}

export const PortPoolEntity = new EntitySchema<PortPoolRow>({
  name: 'PortPool',
  tableName: 'port_pools',
  columns: {
    id: idColumn(),
    nodeId: { type: 'text' },
    ip: { type: 'text' },
    ranges: jsonColumn(),
    alias: { type: 'text', nullable: true },
    notes: { type: 'text' },
    createdAt: timeColumn(),
    updatedAt: timeColumn(),
  },
});
