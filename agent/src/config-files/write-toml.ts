import type { Made } from './tree.ts';

export const tomlDate =
  /^(\d{4}-\d\d-\d\d([Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[-+]\d\d:\d\d)?)?|\d\d:\d\d:\d\d(\.\d+)?)$/;

/** The lines that give a key its value, with dots for what lies inside; only the key when there is none. */
export function tomlLines(path: readonly string[], made: Made | null): string[] {
  const name = path.map(keyOf).join('.');
  if (made === null) return [name];
  if (!('map' in made)) return [`${name} = ${inlineToml(made)}`];
  return made.map.flatMap(([key, inner]) => tomlLines([...path, key], inner));
}

export function inlineToml(made: Made): string {
  if ('list' in made) return `[${made.list.map(inlineToml).join(', ')}]`;
  if ('map' in made) return `{ ${made.map.map(([key, inner]) => tomlLines([key], inner)).join(', ')} }`;
  const { type, text } = made.scalar;
  if (type === 'null') return '""';
  return type === 'string' ? quoted(text) : text;
}

const keyOf = (key: string) => (/^[A-Za-z0-9_-]+$/.test(key) ? key : quoted(key));
const quoted = (text: string) => JSON.stringify(text).replaceAll('\x7f', '\\u007f');
