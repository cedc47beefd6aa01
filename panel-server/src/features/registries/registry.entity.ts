import { EntitySchema } from 'typeorm';
import { idColumn, timeColumn } from '../../database/columns.ts';

export interface RegistryRow {
  id: string;
  /** Canonical; one row for each. */
  host: string;
  plainHttp: boolean;
  /** Both, or neither. */
  username: string | null;
  sealedPassword: string | null;
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
    plainHttp: { type: 'boolean' },
    username: { type: 'text', nullable: true },
    sealedPassword: { type: 'text', nullable: true },
    version: { type: 'text' },
    createdAt: timeColumn(),
    updatedAt: timeColumn(),
  },
});
