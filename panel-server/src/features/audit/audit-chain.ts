import { createHash } from 'node:crypto';
import type { AuditEntryRow } from './audit-entry.entity.ts';

/** What the first row follows. */
export const chainStart = { seq: 0, hash: '0'.repeat(64) };

/** The hash of a row covers everything in it and, through the row before, everything ever recorded. */
export function chainHash(row: Omit<AuditEntryRow, 'hash'>): string {
  const covered = [
    row.previousHash,
    row.seq,
    row.at.getTime(),
    row.action,
    row.outcome,
    row.actorKind,
    row.actorId,
    row.actorName,
    row.targetKind,
    row.targetId,
    row.targetName,
    row.ip,
    row.requestId,
    row.errorCode,
    row.details,
  ];
  return createHash('sha256').update(JSON.stringify(covered)).digest('hex');
}
