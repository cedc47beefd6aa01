const maxTextLength = 500;
const deceiving = /[\p{Cc}\p{Bidi_Control}\u2028\u2029\ufeff]/gu;
const shortNames: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * Text as any database takes it, and not endless. Whatever moves a cursor, begins a line or turns the text around it
 * backwards is written out (`\x1b`), so that no name or command forges an entry, wherever the log is read.
 */
export function auditText(text: string): string {
  const short = text.length > maxTextLength ? `${text.slice(0, maxTextLength)}…` : text;
  return harmless(short.toWellFormed());
}

export const harmless = (text: string): string => text.replace(deceiving, writtenOut);

function writtenOut(character: string): string {
  const hex = character.charCodeAt(0).toString(16);
  return (
    shortNames[character] ?? (hex.length > 2 ? `\\u${hex.padStart(4, '0')}` : `\\x${hex.padStart(2, '0')}`)
  );
}
