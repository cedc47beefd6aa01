import { EntitySchema } from 'typeorm';
import { idColumn, optionalTimeColumn, timeColumn } from '../../database/columns.ts';

/** Failed sign-ins of one address, or of one account from one address; in the database so that a restart forgives nothing. */
export interface SignInFailureRow {
  id: string;
  failures: number;
  lastFailureAt: Date;
  blockedUntil: Date | null;
}

export const SignInFailureEntity = new EntitySchema<SignInFailureRow>({
  name: 'SignInFailure',
  tableName: 'sign_in_failures',
  columns: {
    id: idColumn(),
    failures: { type: 'integer' },
    lastFailureAt: timeColumn(),
    blockedUntil: optionalTimeColumn(),
  },
});
