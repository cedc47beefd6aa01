import { type Grants, grantsOf, isWithin, type Permission } from '@catalyst/shared/contract/permissions';
import type { Server } from '@catalyst/shared/features/servers';
import { type Subuser, subuserPresets } from '@catalyst/shared/features/subusers';
import type { User } from '@catalyst/shared/features/users';
import { grantSame } from '../roles/permission-choice.ts';

export type PresetName = keyof typeof subuserPresets;
export const presetNames = Object.keys(subuserPresets) as PresetName[];

/** The usual choice that a list of rights is; undefined when it is none. */
export function presetOf(permissions: readonly string[]): PresetName | undefined {
  return presetNames.find((name) => grantSame(subuserPresets[name].permissions, permissions));
}

/** A usual choice as far as the giver holds it himself. */
export function presetWithin(name: PresetName, held: Grants): Permission[] {
  return subuserPresets[name].permissions.filter((permission) => held.has(permission));
}

export const heldOn = (server: Pick<Server, 'permissions'>): Grants => grantsOf(server.permissions);

/** Nobody changes those who may do more than he; oneself one does not change, but leave. */
export function mayChangeSubuser(
  server: Pick<Server, 'permissions'>,
  { user, permissions }: Pick<Subuser, 'user' | 'permissions'>,
  me: Pick<User, 'id'>,
): boolean {
  return user.id !== me.id && isWithin(permissions, heldOn(server));
}

/** Whether somebody sees a server because it was shared: it is not his, and his role does not show it. */
export function isSharedWith(
  me: Pick<User, 'id' | 'permissions' | 'nodeIds'>,
  server: Pick<Server, 'owner' | 'node'>,
): boolean {
  if (server.owner.id === me.id) return false;
  const isThere = me.nodeIds === null || me.nodeIds.includes(server.node.id);
  return !(isThere && grantsOf(me.permissions).has('server.read'));
}
