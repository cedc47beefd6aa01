import { chainHash, impliedServer } from './audit-chain.ts';
import type { AuditEntryRow } from './audit-entry.entity.ts';
import { auditText } from './audit-text.ts';
import { redact } from './redact.ts';

export interface AuditActor {
  kind: AuditEntryRow['actorKind'];
  id?: string;
  name?: string;
  /** The API key that a program used, of the user named here. */
  key?: { id: string; name: string };
}

export interface AuditRecord {
  /** As the route or call declares it: `server.start`. */
  action: string;
  outcome: AuditEntryRow['outcome'];
  actor: AuditActor;
  target?: { kind: string; id?: string; name?: string };
  /** The server on which it happened; when left out, the target if that is one. */
  serverId?: string;
  ip?: string;
  requestId?: string;
  errorCode?: string;
  /** Secrets are taken out by the names of their fields. */
  details?: Record<string, unknown>;
}

/** What is kept of a record while it waits for its place in the chain. */
export type AuditContent = Omit<AuditEntryRow, 'seq' | 'previousHash' | 'hash' | 'signature'>;

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
  return { ...row, hash: chainHash(row), signature: null };
}

function content(record: AuditRecord, details: Record<string, unknown>): AuditContent {
  const { action, outcome, actor, ip, requestId, errorCode } = record;
  const target = {
    targetKind: optional(record.target?.kind),
    targetId: optional(record.target?.id),
    targetName: optional(record.target?.name),
  };
  return {
    at: new Date(),
    action: auditText(action),
    outcome,
    actorKind: actor.kind,
    actorId: optional(actor.id),
    actorName: optional(actor.name),
    keyId: optional(actor.key?.id),
    keyName: optional(actor.key?.name),
    ...target,
    serverId: optional(record.serverId) ?? impliedServer(target),
    ip: optional(ip),
    requestId: optional(requestId),
    errorCode: optional(errorCode),
    details,
  };
}

const optional = (text: string | undefined) => (typeof text === 'string' ? auditText(text) : null);
