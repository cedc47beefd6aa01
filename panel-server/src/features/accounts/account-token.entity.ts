import { EntitySchema } from 'typeorm';
import { idColumn, timeColumn } from '../../database/columns.ts';

/** What a token is for. It opens nothing else. */
export type TokenPurpose =
  | 'registration'
  | 'email-change'
  | 'password-reset'
  | 'invitation'
  | 'factor'
  | 'passkey-creation'
  | 'passkey-proof'
  | 'oidc'
  | 'sftp';

export interface AccountTokenRow {
  id: string;
  purpose: TokenPurpose;
  /** SHA-256 of the token, hex; the token itself is nowhere. */
  tokenHash: string;
  userId: string | null;
  email: string | null;
  sealedData: string | null;
  createdAt: Date;
  expiresAt: Date;
}

export const AccountTokenEntity = new EntitySchema<AccountTokenRow>({
  name: 'AccountToken',
  tableName: 'account_tokens',
  columns: {
    id: idColumn(),
    purpose: { type: 'text' },
    tokenHash: { type: 'text' },
    userId: { type: 'text', nullable: true },
    email: { type: 'text', nullable: true },
    sealedData: { type: 'text', nullable: true },
    createdAt: timeColumn(),
    expiresAt: timeColumn(),
  },
});
