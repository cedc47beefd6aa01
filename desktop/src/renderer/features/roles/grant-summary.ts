import { type Permission, permissionCatalogue } from '@catalyst/shared/contract/permissions';
import { permissionStrings as strings } from './permission-strings.ts';

const namedAtMost = 7;

/** A list of rights in a few words: `Everything`, or `Servers (all), Console, Files`. */
export function summaryOfGrants(granted: readonly string[]): string {
  if (granted.includes('*')) return strings.everything;
  const names = new Set(granted.map((pattern) => pattern.split('.')[0] ?? pattern));
  if (names.size === 0) return strings.nothing;
  const words = [...names].map((name) => {
    const resource = strings.resource(name);
    return granted.includes(`${name}.*`) ? `${resource} (${strings.all.toLowerCase()})` : resource;
  });
  const isShort = words.length <= namedAtMost;
  const text = isShort
    ? words.join(', ')
    : strings.andMore(words.slice(0, namedAtMost - 1).join(', '), words.length - namedAtMost + 1);
  return granted.every((name) => name.endsWith('.read')) ? strings.lookOnly(text) : text;
}

/** What a right lets somebody do, in words; its name when this version does not know it. */
export function descriptionOf(name: string): string {
  return Object.hasOwn(permissionCatalogue, name)
    ? permissionCatalogue[name as Permission].description
    : name;
}
