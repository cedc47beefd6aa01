import { auditText } from './audit-text.ts';

const secretName =
  /pass(word|phrase)?|secret|token|cookie|authorization|credential|private|api-?key|recovery|challenge|ceremony|^(code|search|invitation)$/i;
const maxEntries = 50;
const maxDepth = 6;
/** Of all of it, as JSON. */
const maxLength = 64 * 1024;

/** What of a request may be kept: no secrets, by the names of their fields, and nothing endless. */
export function redact(details: Record<string, unknown>): Record<string, unknown> {
  const kept = shorten(details, 0) as Record<string, unknown>;
  const text = JSON.stringify(kept);
  return text.length > maxLength ? { tooLong: Object.keys(kept) } : JSON.parse(text);
}

function shorten(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return auditText(value);
  if (value instanceof Date || typeof value !== 'object' || value === null) return value;
  if (depth === maxDepth) return '…';
  if (Array.isArray(value)) return value.slice(0, maxEntries).map((element) => shorten(element, depth + 1));
  const entries = Object.entries(value).slice(0, maxEntries);
  return Object.fromEntries(
    entries.map(([name, inner]) => [auditText(name), shortenField(name, inner, depth)]),
  );
}

function shortenField(name: string, value: unknown, depth: number): unknown {
  if (secretName.test(name)) return '[redacted]';
  // A variable of a server may be a secret; that it was set is all there is to say.
  if (name === 'environment' && typeof value === 'object' && value !== null) {
    return Object.keys(value).slice(0, maxEntries).map(auditText);
  }
  return shorten(value, depth + 1);
}
