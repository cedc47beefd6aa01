import type { ConfigFile, ConfigPlain, ConfigValue } from '@catalyst/shared/features/config-files';
import { type ConfigPlaceholders, fillConfigText } from '@catalyst/shared/features/config-placeholders';
import type { ConfigEdit } from './config-edit.ts';

/** What becomes of a file, with its placeholders filled in. */
export function fillEdits({ parser, find }: ConfigFile, placeholders: ConfigPlaceholders): ConfigEdit[] {
  // Where lines have a meaning a variable must not add some.
  const isOfLines = parser === 'file' || parser === 'ini';
  const inLine = (value: string) => (isOfLines ? value.replace(/[\r\n]+/g, ' ') : value);
  const known: ConfigPlaceholders = (name) =>
    parser === 'file' && name.startsWith('config.') ? undefined : placeholders(name);
  const fill = (value: ConfigPlain, prepare: (value: string) => string = inLine): ConfigPlain => {
    if (Array.isArray(value)) return value.map((item) => fill(item, prepare)) as ConfigPlain;
    return typeof value === 'string' ? fillConfigText(value, known, prepare) : value;
  };
  return Object.entries(find).map(([place, value]) => {
    if (!isConditional(value)) return { place, value: fill(value), conditions: null };
    const conditions = Object.entries(value).map(([ifValue, inner]) => ({
      ifValue,
      // A dollar of a variable is no `$1`.
      value: fill(
        inner,
        ifValue.startsWith('regex:') ? (words) => inLine(words).replaceAll('$', '$$$$') : inLine,
      ),
    }));
    return { place, value: null, conditions };
  });
}

function isConditional(value: ConfigValue): value is Record<string, ConfigPlain> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
