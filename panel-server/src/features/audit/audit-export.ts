import type { AuditExportFormat, AuditFilter } from '@catalyst/shared/features/audit';
import type { AuditEntryRow } from './audit-entry.entity.ts';
import type { AuditPlace, AuditSearch } from './audit-search.ts';
import { harmless } from './audit-text.ts';
import { chainLine } from './chain-line.ts';

const rowsPerChunk = 500;

/** All that matches, newest first, as text: a chunk is read when the one before is on its way. */
export async function* exportText(
  search: AuditSearch,
  filter: AuditFilter,
  format: AuditExportFormat,
): AsyncGenerator<string> {
  if (format === 'csv') yield csvLine(columns.map(([name]) => name));
  let place: AuditPlace | null = null;
  do {
    const { rows, next } = await search.page(filter, rowsPerChunk, place);
    const text = rows.map(format === 'csv' ? csvOf : chainLine).join('');
    // An empty text would be taken for the end.
    if (text) yield text;
    place = next;
  } while (place);
}

const columns: [string, (row: AuditEntryRow) => string | number | null][] = [
  ['number', ({ seq }) => seq],
  ['time', ({ at }) => at.toISOString()],
  ['action', ({ action }) => action],
  ['outcome', ({ outcome }) => outcome],
  ['error', ({ errorCode }) => errorCode],
  ['actor_kind', ({ actorKind }) => actorKind],
  ['actor', ({ actorName }) => actorName],
  ['actor_id', ({ actorId }) => actorId],
  ['key', ({ keyName }) => keyName],
  ['key_id', ({ keyId }) => keyId],
  ['target_kind', ({ targetKind }) => targetKind],
  ['target', ({ targetName }) => targetName],
  ['target_id', ({ targetId }) => targetId],
  ['server_id', ({ serverId }) => serverId],
  ['address', ({ ip }) => ip],
  ['request', ({ requestId }) => requestId],
  ['details', ({ details }) => JSON.stringify(details)],
  ['hash', ({ hash }) => hash],
];

const csvOf = (row: AuditEntryRow) => csvLine(columns.map(([, value]) => value(row)));

const csvLine = (values: (string | number | null)[]) => `${values.map(csvCell).join(',')}\r\n`;

/** Quoted, on one line, and never a formula: a spreadsheet takes what begins with these signs for one. */
function csvCell(value: string | number | null): string {
  if (typeof value === 'number') return String(value);
  const text = harmless(value ?? '');
  const inert = /^[\s'"]*[=+\-@＝＋－＠|%]/.test(text) ? `'${text}` : text;
  return `"${inert.replaceAll('"', '""')}"`;
}
