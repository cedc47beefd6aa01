import { EntitySchema } from 'typeorm';
import { idColumn } from '../../database/columns.ts';

/** A code that has not been used. */
export interface RecoveryCodeRow {
  id: string;
  userId: string;
  /** SHA-256 of user and code, hex; the code has 80 random bits. */
  codeHash: string;
}

export const RecoveryCodeEntity = new EntitySchema<RecoveryCodeRow>({
  name: 'RecoveryCode',
  tableName: 'recovery_codes',
  columns: { id: idColumn(), userId: { type: 'text' }, codeHash: { type: 'text' } },
});
