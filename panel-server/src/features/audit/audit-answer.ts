import type { AuditEntry } from '@catalyst/shared/features/audit';
import type { AuditEntryRow } from './audit-entry.entity.ts';
import type { AuditPlace } from './audit-search.ts';
import { harmless } from './audit-text.ts';

/** An entry as the API answers it. Rows from before texts were made harmless as they came in are so on their way out. */
export function answerOf(row: AuditEntryRow): AuditEntry {
  const { seq, at, outcome, actorKind, serverId, details, hash } = row;
  return {
    seq,
    at,
    action: harmless(row.action),
    outcome,
    actor: {
      kind: actorKind,
      id: shown(row.actorId),
      name: shown(row.actorName),
      key: row.keyId === null ? null : { id: row.keyId, name: shown(row.keyName) },
    },
    target:
      row.targetKind === null
        ? null
        : { kind: harmless(row.targetKind), id: shown(row.targetId), name: shown(row.targetName) },
    serverId,
    ip: shown(row.ip),
    requestId: row.requestId,
    errorCode: row.errorCode,
    details: harmlessIn(details) as Record<string, unknown>,
    hash,
  };
}

export const cursorOf = (place: AuditPlace | null) => (place ? `${place.at}.${place.seq}` : null);

export function placeOfCursor(cursor: string | undefined): AuditPlace | null {
  if (cursor === undefined) return null;
  const [at = 0, seq = 0] = cursor.split('.').map(Number);
  return { at, seq };
}

const shown = (text: string | null) => (text === null ? null : harmless(text));

function harmlessIn(value: unknown): unknown {
  if (typeof value === 'string') return harmless(value);
  if (Array.isArray(value)) return value.map(harmlessIn);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [harmless(name), harmlessIn(inner)]),
  );
}
