import { isRecord, textAt, valueAt } from './json-values.ts';

/** The ports of a document, in which those that follow another begin where that one's beginning takes them. */
export function alignedPorts(ports: readonly unknown[]): unknown[] {
  return ports.map((port) => {
    const by = valueAt(port, ['offset', 'by']);
    const from = textAt(port, ['offset', 'from']);
    const base = ports.find((one) => textAt(one, ['name']) === from);
    const preferred = valueAt(base, ['preferred']);
    const isKnown = isRecord(port) && typeof by === 'number' && typeof preferred === 'number';
    return isKnown ? { ...port, preferred: preferred + by } : port;
  });
}

/** What a port can follow: the others, as far as they follow none. */
export function followable(ports: readonly unknown[], index: number): string[] {
  const others = ports.filter((port, place) => place !== index && valueAt(port, ['offset']) === undefined);
  return [...new Set(others.map((port) => textAt(port, ['name'])))].filter((name) => name !== '');
}
