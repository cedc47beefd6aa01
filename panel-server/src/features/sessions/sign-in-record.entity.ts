import { EntitySchema } from 'typeorm';
import { idColumn, optionalTimeColumn, timeColumn } from '../../database/columns.ts';

/**
 * What came of the sign-ins of one address, or of one account from one address; in the database so that a restart
 * forgives nothing and forgets nobody.
 */
export interface SignInRecordRow {
  id: string;
  /** Since the last success. */
  failures: number;
  lastAttemptAt: Date;
  /** Of a password; of an account from an address only. */
  lastSuccessAt: Date | null;
  blockedUntil: Date | null;
}

export const SignInRecordEntity = new EntitySchema<SignInRecordRow>({
  name: 'SignInRecord',
  tableName: 'sign_in_records',
  columns: {
    id: idColumn(),
    failures: { type: 'integer' },
    lastAttemptAt: timeColumn(),
    lastSuccessAt: optionalTimeColumn(),
    blockedUntil: optionalTimeColumn(),
  },
});
