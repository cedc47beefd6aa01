import { EntitySchema } from 'typeorm';
import { idColumn, timeColumn } from '../database/columns.ts';

/** The answer to a request that carried an Idempotency-Key, for a repetition of it. */
export interface IdempotencyKeyRow {
  /** SHA-256 of user, route and key. */
  id: string;
  /** SHA-256 of parameters and body: the same key must come with the same request. */
  requestHash: string;
  /** null while the first request runs, and for good when it was cut short. */
  status: number | null;
  /** Encrypted, as an answer may hold a token. */
  answer: string | null;
  /** A claim under way is made younger again and again. */
  createdAt: Date;
}

export const IdempotencyKeyEntity = new EntitySchema<IdempotencyKeyRow>({
  name: 'IdempotencyKey',
  tableName: 'idempotency_keys',
  columns: {
    id: idColumn(),
    requestHash: { type: 'text' },
    status: { type: 'integer', nullable: true },
    answer: { type: 'text', nullable: true },
    createdAt: timeColumn(),
  },
});
