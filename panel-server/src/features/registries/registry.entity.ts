import { EntitySchema } from 'typeorm';
import { idColumn, timeColumn } from '../../database/columns.ts';

export interface RegistryRow {
  id: string;
  /** Canonical; one login for each. */
  host: string;
  username: string;
  sealedPassword: string;
  /** Another after each change: tells a new login from the old one without either. */
  version: string;
  createdAt: Date;
  updatedAt: Date;
}

export const RegistryEntity = new EntitySchema<RegistryRow>({
  name: 'Registry',
  tableName: 'registries',
  columns: {
    id: idColumn(),
    host: { type: 'text', unique: true },
    username: { type: 'text' },
    sealedPassword: { type: 'text' },
    version: { type: 'text' },
    createdAt: timeColumn(),
    updatedAt: timeColumn(),
  },
});
