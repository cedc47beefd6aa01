const secretName = /pass(word|phrase)?|secret|token|cookie|authorization|credential|private|api-?key|^code$/i;
const maxTextLength = 500;
const maxEntries = 50;
const maxDepth = 6;

/** What of a request may be kept: no secrets, by the names of their fields, and nothing endless. */
export function redact(details: Record<string, unknown>): Record<string, unknown> {
  return JSON.parse(JSON.stringify(shorten(details, 0)));
}

function shorten(value: unknown, depth: number): unknown {
  if (typeof value === 'string') {
    return value.length > maxTextLength
      ? `${value.slice(0, maxTextLength)}…`.toWellFormed()
      : value.toWellFormed();
  }
  if (value instanceof Date || typeof value !== 'object' || value === null) return value;
  if (depth === maxDepth) return '…';
  if (Array.isArray(value)) return value.slice(0, maxEntries).map((element) => shorten(element, depth + 1));
  const entries = Object.entries(value).slice(0, maxEntries);
  return Object.fromEntries(entries.map(([name, inner]) => [name, shortenField(name, inner, depth)]));
}

function shortenField(name: string, value: unknown, depth: number): unknown {
  if (secretName.test(name)) return '[redacted]';
  // A variable of a server may be a secret; that it was set is all there is to say.
  if (name === 'environment' && typeof value === 'object' && value !== null) return Object.keys(value);
  return shorten(value, depth + 1);
}
