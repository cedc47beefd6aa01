import { EntitySchema } from 'typeorm';
import { idColumn, optionalTimeColumn, timeColumn } from '../../database/columns.ts';

/** An account at a provider that signs in to a user here. */
export interface IdentityRow {
  id: string;
  providerId: string;
  /** As the provider calls the account for ever, whatever its address. */
  subject: string;
  userId: string;
  label: string;
  createdAt: Date;
  lastUsedAt: Date | null;
}

export const IdentityEntity = new EntitySchema<IdentityRow>({
  name: 'Identity',
  tableName: 'identities',
  columns: {
    id: idColumn(),
    providerId: { type: 'text' },
    subject: { type: 'text' },
    userId: { type: 'text' },
    label: { type: 'text' },
    createdAt: timeColumn(),
    lastUsedAt: optionalTimeColumn(),
  },
});
