import { EntitySchema } from 'typeorm';
import { idColumn, jsonColumn, timeColumn } from '../database/columns.ts';
import type { Revocation } from '../revocations.ts';

/** What one panel ended, for the others on the same database. */
export interface SharedRevocationRow {
  id: string;
  panelId: string;
  revocation: Revocation;
  at: Date;
}

export const SharedRevocationEntity = new EntitySchema<SharedRevocationRow>({
  name: 'SharedRevocation',
  tableName: 'shared_revocations',
  columns: {
    id: idColumn(),
    panelId: { type: 'text' },
    revocation: jsonColumn(),
    at: timeColumn(),
  },
});
