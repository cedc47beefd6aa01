/** Where a value stands in a document. */
export type JsonPath = readonly (string | number)[];

/** A document may be anything while somebody types in it. */
export function valueAt(document: unknown, path: JsonPath): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null
        ? (value as Record<string | number, unknown>)[key]
        : undefined,
    document,
  );
}

export function textAt(document: unknown, path: JsonPath): string {
  const value = valueAt(document, path);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

export function listAt(document: unknown, path: JsonPath): unknown[] {
  const value = valueAt(document, path);
  return Array.isArray(value) ? value : [];
}

export function recordAt(document: unknown, path: JsonPath): Record<string, unknown> {
  const value = valueAt(document, path);
  return isRecord(value) ? value : {};
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The document with one value in its place; undefined takes the value away. */
export function withValue(document: unknown, [key, ...rest]: JsonPath, value: unknown): unknown {
  if (key === undefined) return value;
  const inner = withValue(valueAt(document, [key]), rest, value);
  if (Array.isArray(document)) return document.with(Number(key), inner);
  const { [key]: _, ...others } = isRecord(document) ? document : {};
  if (inner === undefined) return others;
  // A key that is there stays in its place.
  return isRecord(document) ? { ...document, [key]: inner } : { [key]: inner };
}
