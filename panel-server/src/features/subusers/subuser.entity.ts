import type { Permission } from '@catalyst/shared/contract/permissions';
import { EntitySchema } from 'typeorm';
import { idColumn, jsonColumn, timeColumn } from '../../database/columns.ts';

/** Somebody's rights on a server that is not his; one row for each server and user. */
export interface SubuserRow {
  id: string;
  serverId: string;
  userId: string;
  /** `server.read` is always among them. */
  permissions: Permission[];
  createdAt: Date;
  updatedAt: Date;
}

export const SubuserEntity = new EntitySchema<SubuserRow>({
  name: 'Subuser',
  tableName: 'server_subusers',
  columns: {
    id: idColumn(),
    serverId: { type: 'text' },
    userId: { type: 'text' },
    permissions: jsonColumn(),
    createdAt: timeColumn(),
    updatedAt: timeColumn(),
  },
});
