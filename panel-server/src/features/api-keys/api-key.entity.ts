import type { PermissionPattern } from '@catalyst/shared/contract/permissions';
import { EntitySchema } from 'typeorm';
import { idColumn, jsonColumn, optionalTimeColumn, timeColumn } from '../../database/columns.ts';

export interface ApiKeyRow {
  id: string;
  userId: string;
  name: string;
  /** The first characters, for people to recognise it by. */
  prefix: string;
  /** SHA-256 of the whole key, hex; the key itself is nowhere. */
  keyHash: string;
  scopes: PermissionPattern[];
  expiresAt: Date | null;
  requestsPerMinute: number | null;
  /** Addresses and networks; empty for all. */
  allowedAddresses: string[];
  lastUsedAt: Date | null;
  lastUsedIp: string | null;
  createdAt: Date;
}

export const ApiKeyEntity = new EntitySchema<ApiKeyRow>({
  name: 'ApiKey',
  tableName: 'api_keys',
  columns: {
    id: idColumn(),
    userId: { type: 'text' },
    name: { type: 'text' },
    prefix: { type: 'text' },
    keyHash: { type: 'text' },
    scopes: jsonColumn(),
    expiresAt: optionalTimeColumn(),
    requestsPerMinute: { type: 'integer', nullable: true },
    allowedAddresses: jsonColumn(),
    lastUsedAt: optionalTimeColumn(),
    lastUsedIp: { type: 'text', nullable: true },
    createdAt: timeColumn(),
  },
});
