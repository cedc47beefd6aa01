import type { ConfigPlain } from '@catalyst/shared/features/config-files';

/** What becomes of one place of a file; placeholders are filled in. */
export interface ConfigEdit {
  /** As the egg writes it; each parser reads it in its own way. */
  place: string;
  /** Null when only certain old values are replaced. */
  value: ConfigPlain;
  conditions: readonly Condition[] | null;
}

export interface Condition {
  /** The old value as text, or a pattern after `regex:`. */
  ifValue: string;
  value: ConfigPlain;
}

/** Makes a new text of a file from its old one. Throws `UnreadableConfig`; what it leaves out it says to `skip`. */
export type Rewrite = (text: string, edits: readonly ConfigEdit[], skip: Skip) => string;
/** A sentence without values: they may be secret. */
export type Skip = (place: string, why: string) => void;

/** The sentence for people why a file stays as it is. */
export class UnreadableConfig extends Error {}

/** What a place that holds `current` is to hold; undefined when it stays. A place that is not there meets no condition. */
export function newValue(
  { value, conditions }: ConfigEdit,
  current: string | undefined,
): ConfigPlain | undefined {
  if (conditions === null) return value;
  if (current === undefined) return undefined;
  for (const condition of conditions) {
    const { ifValue } = condition;
    if (!ifValue.startsWith('regex:')) {
      if (ifValue === current) return condition.value;
      continue;
    }
    const pattern = toPattern(ifValue.slice('regex:'.length));
    if (current.search(pattern) === -1) continue;
    return typeof condition.value === 'string'
      ? replaceAll(current, pattern, condition.value)
      : condition.value;
  }
  return undefined;
}

/** For the formats that know nothing but text. */
export function plainText(value: ConfigPlain): string {
  if (value === null) return '';
  return Array.isArray(value) ? value.map(plainText).join(',') : String(value);
}

/** Flags stand before the pattern in the eggs. */
function toPattern(source: string): RegExp {
  const [start, flags = ''] = /^\(\?([ims]+)\)/.exec(source) ?? [''];
  try {
    return new RegExp(source.slice(start.length), `gu${flags}`);
  } catch {
    throw new UnreadableConfig('A condition is not a valid pattern.');
  }
}

/** `$1`, `${1}` and `${name}` stand for what the pattern found, `$$` for a dollar. */
function replaceAll(text: string, pattern: RegExp, replacement: string): string {
  return text.replace(pattern, (...found) => {
    const names: unknown = found.at(-1);
    const groups = typeof names === 'object' && names !== null ? (names as Record<string, string>) : {};
    const count = found.findIndex((part) => typeof part === 'number');
    return replacement.replace(/\$(?:\$|\{(\w+)\}|(\w+))/g, (whole, braced?: string, bare?: string) => {
      const name = braced ?? bare;
      if (name === undefined) return whole === '$$' ? '$' : whole;
      if (/^\d+$/.test(name)) return Number(name) < count ? String(found[Number(name)] ?? '') : '';
      return Object.hasOwn(groups, name) ? (groups[name] ?? '') : '';
    });
  });
}
