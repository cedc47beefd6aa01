import { EntitySchema } from 'typeorm';
import { idColumn, timeColumn } from '../../database/columns.ts';

export interface SessionRow {
  id: string;
  userId: string;
  /** SHA-256 of the token, hex; the token itself is nowhere. */
  tokenHash: string;
  createdAt: Date;
  expiresAt: Date;
  lastUsedAt: Date;
  /** When its owner last proved who he is. */
  authenticatedAt: Date;
  ip: string;
  userAgent: string;
}

export const SessionEntity = new EntitySchema<SessionRow>({
  name: 'Session',
  tableName: 'sessions',
  columns: {
    id: idColumn(),
    userId: { type: 'text' },
    tokenHash: { type: 'text' },
    createdAt: timeColumn(),
    expiresAt: timeColumn(),
    lastUsedAt: timeColumn(),
    authenticatedAt: timeColumn(),
    ip: { type: 'text' },
    userAgent: { type: 'text' },
  },
});
