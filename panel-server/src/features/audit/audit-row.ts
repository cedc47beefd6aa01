import { chainHash } from './audit-chain.ts';
import type { AuditEntryRow } from './audit-entry.entity.ts';
import { auditText } from './audit-text.ts';
import { redact } from './redact.ts';

export interface AuditActor {
  kind: AuditEntryRow['actorKind'];
  id?: string;
  name?: string;
}

export interface AuditRecord {
  /** As the route or call declares it: `server.start`. */
  action: string;
  outcome: AuditEntryRow['outcome'];
  actor: AuditActor;
  target?: { kind: string; id?: string; name?: string };
  ip?: string;
  requestId?: string;
  errorCode?: string;
  /** Secrets are taken out by the names of their fields. */
  details?: Record<string, unknown>;
}

/** What is kept of a record while it waits for its place in the chain. */
export type AuditContent = Omit<AuditEntryRow, 'seq' | 'previousHash' | 'hash'>;

/** Made at once, as what a person sent may be large and is not kept until the entry is written. */
export function auditContent(record: AuditRecord): AuditContent {
  try {
    return content(record, redact(record.details ?? {}));
  } catch {
    // Details that JSON cannot express are no reason to leave out who did what.
    return content(record, { unreadable: true });
  }
}

/** In place of an entry that the database refuses for what is in it: nothing in it but what the panel itself named. */
export function standIn({ at, action, outcome, actorKind, actorId }: AuditContent): AuditContent {
  return {
    ...content({ action, outcome, actor: { kind: actorKind, id: actorId ?? undefined } }, { replaced: true }),
    at,
  };
}

export function auditRow(kept: AuditContent, previous: { seq: number; hash: string }): AuditEntryRow {
  const row = { ...kept, seq: previous.seq + 1, previousHash: previous.hash };
  return { ...row, hash: chainHash(row) };
}

function content(record: AuditRecord, details: Record<string, unknown>): AuditContent {
  const { action, outcome, actor, target, ip, requestId, errorCode } = record;
  return {
    at: new Date(),
    action: auditText(action),
    outcome,
    actorKind: actor.kind,
    actorId: optional(actor.id),
    actorName: optional(actor.name),
    targetKind: optional(target?.kind),
    targetId: optional(target?.id),
    targetName: optional(target?.name),
    ip: optional(ip),
    requestId: optional(requestId),
    errorCode: optional(errorCode),
    details,
  };
}

const optional = (text: string | undefined) => (typeof text === 'string' ? auditText(text) : null);
