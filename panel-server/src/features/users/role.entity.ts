import type { PermissionPattern } from '@catalyst/shared/contract/permissions';
import { EntitySchema } from 'typeorm';
import { idColumn, jsonColumn, timeColumn } from '../../database/columns.ts';

export interface RoleRow {
  id: string;
  /** `administrator`, `user`: roles the code knows; null for those people made. */
  builtIn: string | null;
  name: string;
  permissions: PermissionPattern[];
  /** The nodes it counts for; null for all. */
  nodeIds: string[] | null;
  createdAt: Date;
}

export const RoleEntity = new EntitySchema<RoleRow>({
  name: 'Role',
  tableName: 'roles',
  columns: {
    id: idColumn(),
    builtIn: { type: 'text', nullable: true },
    name: { type: 'text' },
    permissions: jsonColumn(),
    nodeIds: { ...jsonColumn(), nullable: true },
    createdAt: timeColumn(),
  },
});
