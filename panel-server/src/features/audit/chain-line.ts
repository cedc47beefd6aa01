import type { AuditEntryRow } from './audit-entry.entity.ts';

/** What JSON leaves as it is, although it moves a cursor, ends a line or turns text backwards. */
const deceiving = /[\p{Cc}\p{Bidi_Control}\u2028\u2029\ufeff]/gu;

/** A row as a line of NDJSON, with all that its hash covers: whoever has the lines can check them. */
export function chainLine(row: AuditEntryRow): string {
  const { at, ...fields } = row;
  const text = JSON.stringify({ at: at.toISOString(), ...fields });
  return `${text.replace(deceiving, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;
}

/** Throws for what is no such line. That nothing in it was changed is told by its hash. */
export function rowOfLine(line: string): AuditEntryRow {
  const fields = JSON.parse(line) as Omit<AuditEntryRow, 'at'> & { at: string };
  if (typeof fields?.seq !== 'number') throw new Error('a line of it is no entry');
  return { ...fields, at: new Date(fields.at) };
}
