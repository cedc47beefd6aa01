import {
  type Grants,
  grantsOf,
  type Permission,
  type PermissionPattern,
  permissions,
  type Wildcard,
} from '@catalyst/shared/contract/permissions';

/** What belongs together in a matrix: the rights on one kind of thing. */
export interface Resource {
  /** `server` */
  name: string;
  wildcard: Wildcard;
  permissions: Permission[];
}

/** `included`: not chosen itself, but part of something that is. */
export type ChoiceState = 'off' | 'chosen' | 'included';

export function resourcesOf(offered: readonly Permission[] = permissions): Resource[] {
  const resources = new Map<string, Resource>();
  for (const permission of offered) {
    const [name = ''] = permission.split('.');
    const resource = resources.get(name) ?? { name, wildcard: `${name}.*` as Wildcard, permissions: [] };
    resource.permissions.push(permission);
    resources.set(name, resource);
  }
  return [...resources.values()];
}

export function choiceState(chosen: readonly string[], pattern: PermissionPattern): ChoiceState {
  const others = grantsOf(chosen.filter((name) => name !== pattern));
  if (others.has(pattern)) return 'included';
  return chosen.includes(pattern) ? 'chosen' : 'off';
}

/** A wildcard takes the place of what it stands for. */
export function toggled(chosen: readonly string[], pattern: PermissionPattern): string[] {
  if (chosen.includes(pattern)) return chosen.filter((name) => name !== pattern);
  if (pattern === '*') return ['*'];
  const prefix = pattern.endsWith('.*') ? pattern.slice(0, -1) : null;
  return [...chosen.filter((name) => prefix === null || !name.startsWith(prefix)), pattern];
}

/** Chooses every one of these that is not locked, or, when all of them are chosen, none. */
export function toggledAll(
  chosen: readonly string[],
  names: readonly Permission[],
  locked: readonly string[],
): string[] {
  const free = names.filter((name) => !locked.includes(name));
  const isAll = free.every((name) => chosen.includes(name));
  const rest = chosen.filter((name) => !free.includes(name as Permission));
  return isAll ? rest : [...rest, ...free];
}

/** Whether two lists grant the same, however they are written. */
export function grantSame(one: readonly string[], other: readonly string[]): boolean {
  return isEqual(grantsOf(one), grantsOf(other));
}

const isEqual = (one: Grants, other: Grants) =>
  one.size === other.size && [...one].every((name) => other.has(name));
