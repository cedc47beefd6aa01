import { createHash } from 'node:crypto';
import type { AuditEntryRow } from './audit-entry.entity.ts';

/** What the first row follows. */
export const chainStart = { seq: 0, hash: '0'.repeat(64) };

/** Everything in a row that its hash covers: all but the signature, which covers the hash. */
export type HashedFields = Omit<AuditEntryRow, 'hash' | 'signature'>;

/** The hash of a row covers everything in it and, through the row before, everything ever recorded. */
export function chainHash(row: HashedFields): string {
  const covered: unknown[] = [
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
  // Rows from before there were these have hashes without them.
  const { keyId, keyName, serverId } = row;
  const isPlain = keyId === null && keyName === null && serverId === impliedServer(row);
  if (!isPlain) covered.push(keyId, keyName, serverId);
  return createHash('sha256').update(JSON.stringify(covered)).digest('hex');
}

/** What happens to a server happens on it. */
export const impliedServer = ({ targetKind, targetId }: Pick<AuditEntryRow, 'targetKind' | 'targetId'>) =>
  targetKind === 'server' ? targetId : null;
