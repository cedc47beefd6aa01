import { EntitySchema } from 'typeorm';
import { idColumn, longColumn, optionalTimeColumn, timeColumn } from '../../database/columns.ts';

export interface TotpFactorRow {
  /** The user's. */
  id: string;
  sealedSecret: string;
  createdAt: Date;
  /** Null until a first code was right. */
  enabledAt: Date | null;
  /** Of the latest code that was accepted: it and older ones are refused from then on. */
  lastStep: number;
}

export const TotpFactorEntity = new EntitySchema<TotpFactorRow>({
  name: 'TotpFactor',
  tableName: 'totp_factors',
  columns: {
    id: idColumn(),
    sealedSecret: { type: 'text' },
    createdAt: timeColumn(),
    enabledAt: optionalTimeColumn(),
    lastStep: longColumn(),
  },
});
