import { EntitySchema } from 'typeorm';
import { jsonColumn, longColumn, timeColumn } from '../../database/columns.ts';

export interface AuditEntryRow {
  /** 1, 2, 3 …: a missing number is a missing row. */
  seq: number;
  at: Date;
  action: string;
  outcome: 'success' | 'failure';
  actorKind: 'user' | 'key' | 'agent' | 'system' | 'anonymous';
  actorId: string | null;
  /** As it was then, so that someone deleted since can still be named. */
  actorName: string | null;
  targetKind: string | null;
  targetId: string | null;
  targetName: string | null;
  ip: string | null;
  requestId: string | null;
  /** The code of the error, when it failed. */
  errorCode: string | null;
  details: Record<string, unknown>;
  previousHash: string;
  hash: string;
}

export const AuditEntryEntity = new EntitySchema<AuditEntryRow>({
  name: 'AuditEntry',
  tableName: 'audit_entries',
  columns: {
    seq: longColumn({ primary: true }),
    at: timeColumn(),
    action: { type: 'text' },
    outcome: { type: 'text' },
    actorKind: { type: 'text' },
    actorId: { type: 'text', nullable: true },
    actorName: { type: 'text', nullable: true },
    targetKind: { type: 'text', nullable: true },
    targetId: { type: 'text', nullable: true },
    targetName: { type: 'text', nullable: true },
    ip: { type: 'text', nullable: true },
    requestId: { type: 'text', nullable: true },
    errorCode: { type: 'text', nullable: true },
    details: jsonColumn(),
    previousHash: { type: 'text' },
    hash: { type: 'text' },
  },
});
