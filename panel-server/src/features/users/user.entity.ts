import { EntitySchema } from 'typeorm';
import { idColumn, optionalTimeColumn, timeColumn } from '../../database/columns.ts';

export interface UserRow {
  id: string;
  /** Lower case. */
  email: string;
  name: string;
  displayName: string | null;
  /** When a link sent there was opened, or a provider said so; null when nobody has proved it. */
  emailVerifiedAt: Date | null;
  /** Empty for whoever signs in without a password. */
  passwordHash: string;
  /** At the next sign-in. */
  mustChangePassword: boolean;
  roleId: string;
  disabledAt: Date | null;
  /** Grows whenever his sessions are ended, all or all but one: a sign-in that began before does not end in a new one. */
  sessionEpoch: number;
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
    emailVerifiedAt: optionalTimeColumn(),
    passwordHash: { type: 'text' },
    mustChangePassword: { type: 'boolean' },
    roleId: { type: 'text' },
    disabledAt: optionalTimeColumn(),
    sessionEpoch: { type: 'integer' },
    createdAt: timeColumn(),
    updatedAt: timeColumn(),
  },
});
