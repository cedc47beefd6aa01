import { type Access, isGranted } from '@catalyst/shared/contract/permissions';
import { clientEvents } from '@catalyst/shared/realtime';
import type { Caller } from '../access.ts';

export type ClientEvents = typeof clientEvents;

const permissionOf = (name: keyof ClientEvents): Access => clientEvents[name].permission;
const declared = new Set(Object.values(clientEvents).map(({ permission }): Access => permission));

/**
 * Where a socket must be to hear events: the permission that each event declares decides. One room holds those who have
 * it for everything, and one per person those who have it for what is their own; nobody is in both.
 */
export function eventRooms({ userId, grants }: Pick<Caller, 'userId' | 'grants'>): string[] {
  return [...declared].flatMap((permission) => {
    if (permission === 'public' || permission === 'signed-in') return everything(permission);
    if (permission === 'ticket') return [];
    if (isGranted(grants, permission)) return everything(permission);
    return isGranted(grants, permission, true) ? own(permission, userId) : [];
  });
}

/** Those who may hear this event about anything. */
export const roomForAll = (name: keyof ClientEvents) => everything(permissionOf(name));

/** The owner of what the event is about, unless `roomForAll` has him. */
export const roomForOwner = (name: keyof ClientEvents, ownerId: string) => own(permissionOf(name), ownerId);

const everything = (permission: Access) => `${permission} of everything`;
const own = (permission: Access, userId: string) => `${permission} of what ${userId} owns`;
