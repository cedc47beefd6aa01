import type { AuditActorKind, AuditOutcome } from '@catalyst/shared/features/audit';
import { EntitySchema } from 'typeorm';
import { jsonColumn, longColumn, timeColumn } from '../../database/columns.ts';

export interface AuditEntryRow {
  /** 1, 2, 3 …: a missing number is a missing row. */
  seq: number;
  at: Date;
  action: string;
  outcome: AuditOutcome;
  actorKind: AuditActorKind;
  /** Of the user, also when a program acted with one of his keys. */
  actorId: string | null;
  /** As it was then, so that someone deleted since can still be named. */
  actorName: string | null;
  keyId: string | null;
  keyName: string | null;
  targetKind: string | null;
  targetId: string | null;
  targetName: string | null;
  /** The server on which it happened. */
  serverId: string | null;
  ip: string | null;
  requestId: string | null;
  /** The code of the error, when it failed. */
  errorCode: string | null;
  details: Record<string, unknown>;
  previousHash: string;
  hash: string;
  /** Of the panel, on the last row of those written together: nobody else can add to the log unseen. */
  signature: string | null;
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
    keyId: { type: 'text', nullable: true },
    keyName: { type: 'text', nullable: true },
    targetKind: { type: 'text', nullable: true },
    targetId: { type: 'text', nullable: true },
    targetName: { type: 'text', nullable: true },
    serverId: { type: 'text', nullable: true },
    ip: { type: 'text', nullable: true },
    requestId: { type: 'text', nullable: true },
    errorCode: { type: 'text', nullable: true },
    details: jsonColumn(),
    previousHash: { type: 'text' },
    hash: { type: 'text' },
    signature: { type: 'text', nullable: true },
  },
});

/** A row as a driver answers it. */
export type RawAuditEntry = Omit<AuditEntryRow, 'seq' | 'at' | 'details'> & {
  seq: number | string;
  at: number | string;
  details: string;
};

export function auditEntryOf(raw: RawAuditEntry): AuditEntryRow {
  return { ...raw, seq: Number(raw.seq), at: new Date(Number(raw.at)), details: JSON.parse(raw.details) };
}
