import type { KeptAs } from '@catalyst/shared/features/kept-link';
import { EntitySchema } from 'typeorm';
import { idColumn, optionalJsonColumn, timeColumn } from '../../database/columns.ts';

/** A server deleted while its node was away: the agent removes it when it is back. */
export interface TombstoneRow {
  serverId: string;
  nodeId: string;
  operationId: string;
  deletedAt: Date;
  /** What the files are called that stay; null when none do. */
  keepAs: KeptAs | null;
}

export const TombstoneEntity = new EntitySchema<TombstoneRow>({
  name: 'Tombstone',
  tableName: 'server_tombstones',
  columns: {
    serverId: idColumn(),
    nodeId: { type: 'text' },
    operationId: { type: 'text' },
    deletedAt: timeColumn(),
    keepAs: optionalJsonColumn(),
  },
});
