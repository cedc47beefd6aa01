import { type Access, type Permission, permissionCatalogue } from '@catalyst/shared/contract/permissions';
import { clientEvents } from '@catalyst/shared/realtime';
import { type Caller, isPermitted, peopleWith, type ServerPlace } from '../access.ts';

export type ClientEvents = typeof clientEvents;

const permissionOf = (name: keyof ClientEvents): Access => clientEvents[name].permission;
const declared = new Set(Object.values(clientEvents).map(({ permission }): Access => permission));

/**
 * Where a socket must be to hear events: the permission that each event declares decides. One room holds those who have
 * it for everything, one for each node those who have it there by a role, and one per person those who may have it for
 * what is their own or was given to them; who that is, is looked up for each event.
 */
export function eventRooms(caller: Caller): string[] {
  return [...declared].flatMap((permission) => {
    if (permission === 'public' || permission === 'signed-in') return everything(permission);
    if (permission === 'ticket') return [];
    if (isPermitted(caller, permission, 'everywhere')) return everything(permission);
    const nodeIds = [...(caller.person.nodeIds ?? [])];
    const rooms = nodeIds.flatMap((nodeId) =>
      isPermitted(caller, permission, { nodeId }) ? onNode(permission, nodeId) : [],
    );
    return mayBeGivenTo(caller, permission) ? [...rooms, personal(permission, caller.userId)] : rooms;
  });
}

/** Those who may hear this event about anything. */
export const roomForAll = (name: keyof ClientEvents) => everything(permissionOf(name));

/** Those who may hear it about one node and what is on it, as their role is limited to some nodes. */
export const roomForNode = (name: keyof ClientEvents, nodeId: string) => onNode(permissionOf(name), nodeId);

/** Those who may hear this event about a server because of what they hold on just this one. */
export function roomsForServer(name: keyof ClientEvents, place: ServerPlace): string[] {
  const permission = permissionOf(name) as Permission;
  return peopleWith(permission, place).map((userId) => personal(permission, userId));
}

const mayBeGivenTo = ({ key }: Caller, permission: Permission) =>
  permissionCatalogue[permission].scope === 'server' && (key === null || key.scopes.has(permission));

const everything = (permission: Access) => `${permission} of everything`;
const onNode = (permission: Access, nodeId: string) => `${permission} on ${nodeId}`;
const personal = (permission: Access, userId: string) => `${permission} of what ${userId} was given`;
