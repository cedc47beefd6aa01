import { EntitySchema } from 'typeorm';
import { idColumn, jsonColumn, longColumn, optionalTimeColumn, timeColumn } from '../../database/columns.ts';

export interface PasskeyRow {
  id: string;
  userId: string;
  /** As the browser names it, base64url. */
  credentialId: string;
  /** COSE, base64url. */
  publicKey: string;
  counter: number;
  transports: string[];
  name: string;
  /** The host name it was made for (the relying party's id). */
  host: string;
  isSynced: boolean;
  createdAt: Date;
  lastUsedAt: Date | null;
}

export const PasskeyEntity = new EntitySchema<PasskeyRow>({
  name: 'Passkey',
  tableName: 'passkeys',
  columns: {
    id: idColumn(),
    userId: { type: 'text' },
    credentialId: { type: 'text' },
    publicKey: { type: 'text' },
    counter: longColumn(),
    transports: jsonColumn(),
    name: { type: 'text' },
    host: { type: 'text' },
    isSynced: { type: 'boolean' },
    createdAt: timeColumn(),
    lastUsedAt: optionalTimeColumn(),
  },
});
