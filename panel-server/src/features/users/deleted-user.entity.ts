import { EntitySchema } from 'typeorm';
import { idColumn, timeColumn } from '../../database/columns.ts';

/** All that is left of a deleted user: what others call him who come upon his id. */
export interface DeletedUserRow {
  id: string;
  name: string;
  deletedAt: Date;
}

export const DeletedUserEntity = new EntitySchema<DeletedUserRow>({
  name: 'DeletedUser',
  tableName: 'deleted_users',
  columns: { id: idColumn(), name: { type: 'text' }, deletedAt: timeColumn() },
});
