import { EntitySchema } from 'typeorm';
import { idColumn, optionalTimeColumn, timeColumn } from '../../database/columns.ts';

export interface UserRow {
  id: string;
  /** Lower case. */
  email: string;
  name: string;
  displayName: string | null;
  passwordHash: string;
  roleId: string;
  disabledAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

export const UserEntity = new EntitySchema<UserRow>({
  name: 'User',
  tableName: 'users',
  columns: {
    id: idColumn(),
    email: { type: 'text' },
    name: { type: 'text' },
    displayName: { type: 'text', nullable: true },
    passwordHash: { type: 'text' },
    roleId: { type: 'text' },
    disabledAt: optionalTimeColumn(),
    createdAt: timeColumn(),
    updatedAt: timeColumn(),
  },
});
