import { EntitySchema } from 'typeorm';
import { idColumn, optionalTimeColumn, timeColumn } from '../../database/columns.ts';

export interface SshKeyRow {
  id: string;
  userId: string;
  name: string;
  type: string;
  fingerprint: string;
  /** As SSH sends it, in base64. */
  publicKey: string;
  createdAt: Date;
  lastUsedAt: Date | null;
}

export const SshKeyEntity = new EntitySchema<SshKeyRow>({
  name: 'SshKey',
  tableName: 'ssh_keys',
  columns: {
    id: idColumn(),
    userId: { type: 'text' },
    name: { type: 'text' },
    type: { type: 'text' },
    fingerprint: { type: 'text' },
    publicKey: { type: 'text' },
    createdAt: timeColumn(),
    lastUsedAt: optionalTimeColumn(),
  },
});
