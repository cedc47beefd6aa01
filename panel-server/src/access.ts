import { AppError } from '@catalyst/shared/contract/errors';
import {
  type Access,
  type Grants,
  type Permission,
  permissionCatalogue,
  serverPermissions,
} from '@catalyst/shared/contract/permissions';

/** A user and his role. There is one object for each user, which changes with him: whoever has it sees that at once. */
export interface Person {
  readonly userId: string;
  name: string;
  email: string;
  roleId: string;
  roleName: string;
  /** What the role permits. */
  grants: Grants;
  /** Where it does; null for everywhere. */
  nodeIds: ReadonlySet<string> | null;
  /** Disabled or deleted. */
  isLockedOut: boolean;
}

/** An API key that asks for its owner; it changes as `Person` does. */
export interface CallingKey {
  readonly id: string;
  name: string;
  scopes: Grants;
  /** Null: as many as a signed-in user. */
  requestsPerMinute: number | null;
}

/** Who asks: a person, through one session or one key. */
export class Caller {
  readonly person: Person;
  readonly key: CallingKey | null;
  /** The session's id, or the key's. */
  readonly sessionId: string;
  readonly sessionExpiresAt: Date;

  constructor(person: Person, through: { id: string; expiresAt: Date; key?: CallingKey }) {
    this.person = person;
    this.key = through.key ?? null;
    this.sessionId = through.id;
    this.sessionExpiresAt = through.expiresAt;
  }

  get userId(): string {
    return this.person.userId;
  }

  get name(): string {
    return this.person.name;
  }

  get email(): string {
    return this.person.email;
  }
}

/** Somebody who holds rights, as far as a key goes if he asks through one. */
export type Holder = Pick<Caller, 'person' | 'key'>;

/** Where a server is, whose it is, and who else may do what there. */
export interface ServerPlace {
  nodeId: string;
  ownerId: string;
  /** Nobody but who may suspend servers there does anything with it then, other than look at it. */
  isSuspended: boolean;
  subusers: ReadonlyMap<string, Grants>;
}

/** What the people of a suspended server keep. */
const keptWhileSuspended: ReadonlySet<Permission> = new Set([
  'server.read',
  'activity.read',
  'metric.read',
  'allocation.read',
  'subuser.read',
  'subuser.delete',
]);

/**
 * On what a right is asked for: a server; a node; everything there is; or `some-nodes`, when the handler touches only
 * those nodes on which the caller holds it.
 */
export type Place = ServerPlace | { nodeId: string } | 'everywhere' | 'some-nodes';

/**
 * The one function that decides: what the role permits, what owning the server gives, and what its owner gave, as far
 * as the key goes.
 */
export function isPermitted(holder: Holder, permission: Permission, place: Place): boolean {
  return holds(holder, permission, place) && !isHeldBack(holder, permission, place);
}

/** By a suspension. */
function isHeldBack(holder: Holder, permission: Permission, place: Place): boolean {
  if (typeof place === 'string' || !('isSuspended' in place) || !place.isSuspended) return false;
  return !keptWhileSuspended.has(permission) && !holds(holder, 'server.suspend', place);
}

function holds({ person, key }: Holder, permission: Permission, place: Place): boolean {
  if (person.isLockedOut) return false;
  if (key && !key.scopes.has(permission)) return false;
  return isPermittedByRole(person, permission, place) || isPermittedOnServer(person, permission, place);
}

function isPermittedByRole({ grants, nodeIds }: Person, permission: Permission, place: Place): boolean {
  if (!grants.has(permission)) return false;
  if (nodeIds === null) return true;
  if (place === 'everywhere' || permissionCatalogue[permission].scope === 'global') return false;
  return place === 'some-nodes' ? nodeIds.size > 0 : nodeIds.has(place.nodeId);
}

function isPermittedOnServer({ userId }: Person, permission: Permission, place: Place): boolean {
  if (typeof place === 'string' || !('subusers' in place)) return false;
  if (permissionCatalogue[permission].scope !== 'server') return false;
  return place.ownerId === userId || (place.subusers.get(userId)?.has(permission) ?? false);
}

/** A suspended server that its owner could delete if the panel lets owners do so. */
export const isOwnSuspended = (holder: Holder, place: ServerPlace): boolean =>
  place.isSuspended && place.ownerId === holder.person.userId && holds(holder, 'server.delete', place);

/** Who holds the permission on this server because it is theirs, or because it was given to them. */
export function peopleWith(permission: Permission, { ownerId, subusers }: ServerPlace): string[] {
  const others = [...subusers].flatMap(([userId, grants]) => (grants.has(permission) ? userId : []));
  return [ownerId, ...others];
}

/** All that the caller may hand on anywhere: nothing, when his role is limited to nodes. */
export function grantsEverywhere({ person, key }: Holder): Grants {
  if (person.isLockedOut || person.nodeIds !== null) return new Set();
  return key ? new Set([...person.grants].filter((name) => key.scopes.has(name))) : person.grants;
}

/** All that the caller may do on one server, of what can be given to others there. */
export function grantsOnServer(holder: Holder, place: ServerPlace): ReadonlySet<Permission> {
  return new Set(serverPermissions.filter((name) => isPermitted(holder, name, place)));
}

export interface AccessIndex {
  find(serverId: string): ServerPlace | undefined;
}

/** Asks the function about servers by their ids; HTTP routes, sockets and whatever comes later ask here. */
export class AccessRules {
  readonly #servers: AccessIndex;
  /** Whether owners delete their suspended servers. */
  readonly mayOwnersDelete: () => Promise<boolean>;

  constructor(servers: AccessIndex, mayOwnersDelete = async () => false) {
    this.#servers = servers;
    this.mayOwnersDelete = mayOwnersDelete;
  }

  mayOnServer(caller: Caller, permission: Permission, serverId: string): boolean {
    const place = this.#servers.find(serverId);
    return place !== undefined && isPermitted(caller, permission, place);
  }

  mayOnNode(caller: Caller, permission: Permission, nodeId: string): boolean {
    return isPermitted(caller, permission, { nodeId });
  }

  /** Throws `forbidden` unless the caller holds the permission there. */
  require(caller: Caller, permission: Permission, place: Place = 'everywhere'): void {
    if (!isPermitted(caller, permission, place)) throw forbidden(permission);
  }

  /** As `require`; but a node of which a limited role knows nothing is none at all. */
  requireOnNode(caller: Caller, permission: Permission, nodeId: string): void {
    if (isPermitted(caller, permission, { nodeId })) return;
    if (isPermitted(caller, permission, 'some-nodes')) throw noSuchNode();
    throw forbidden(permission);
  }

  /**
   * Whether the caller may do what asks for `access`, on one server when `serverId` is given. Throws `unauthenticated`,
   * `forbidden`, `suspended`, or `not_found` for a server the caller may not even see, worded as for one that does not
   * exist.
   */
  async authorize(caller: Caller | undefined, access: Access, serverId?: string): Promise<void> {
    if (access === 'public' || access === 'ticket') return;
    if (!caller) throw new AppError('unauthenticated', 'Sign in first');
    if (serverId === undefined) {
      if (access !== 'signed-in') this.require(caller, access);
      return;
    }
    const server = this.#servers.find(serverId);
    if (server && access !== 'signed-in' && isPermitted(caller, access, server)) return;
    if (!server || !isPermitted(caller, 'server.read', server)) throw noSuchServer();
    if (access === 'signed-in') return;
    if (!holds(caller, access, server)) throw forbidden(access);
    if (access === 'server.delete' && isOwnSuspended(caller, server) && (await this.mayOwnersDelete()))
      return;
    throw suspended();
  }
}

export const suspended = () => new AppError('suspended', 'The server is suspended');

export const noSuchServer = () => new AppError('not_found', 'No such server');

export const noSuchNode = () => new AppError('not_found', 'There is no such node');

const forbidden = (permission: Permission) =>
  new AppError('forbidden', `This needs the permission ${permission}`);
