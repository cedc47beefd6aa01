import { AppError } from '@catalyst/shared/contract/errors';
import { type Access, type Grants, isGranted, type Permission } from '@catalyst/shared/contract/permissions';

/** Who asks: a signed-in user, through one session. */
export interface Caller {
  userId: string;
  name: string;
  email: string;
  roleName: string;
  grants: Grants;
  sessionId: string;
  sessionExpiresAt: Date;
}

/** What a server is to a caller, before the role is looked at; undefined when there is no such server. */
export type ServerResolver = (
  serverId: string,
  caller: Caller,
) => Promise<{ ownsServer: boolean } | undefined> | { ownsServer: boolean } | undefined;

/** The one place that decides; HTTP routes, sockets and whatever comes later ask here. */
export class AccessRules {
  #resolveServer: ServerResolver = () => undefined;

  /** The servers feature says here what it knows. */
  resolveServersWith(resolver: ServerResolver): void {
    this.#resolveServer = resolver;
  }

  /** Throws `forbidden` unless the caller holds the permission, by role or (for server rights) by owning the server. */
  require(caller: Caller, permission: Permission, ownsServer = false): void {
    if (!isGranted(caller.grants, permission, ownsServer)) throw forbidden(permission);
  }

  /**
   * Whether the caller may do what asks for `access`, on one server when `serverId` is given. Throws `unauthenticated`,
   * `forbidden`, or `not_found` for a server the caller may not even see, worded as for one that does not exist.
   */
  async authorize(caller: Caller | undefined, access: Access, serverId?: string): Promise<void> {
    if (access === 'public' || access === 'ticket') return;
    if (!caller) throw new AppError('unauthenticated', 'Sign in first');
    if (serverId === undefined) {
      if (access !== 'signed-in') this.require(caller, access);
      return;
    }
    const server = await this.#resolveServer(serverId, caller);
    if (!server || !isGranted(caller.grants, 'server.read', server.ownsServer)) throw noSuchServer();
    if (access !== 'signed-in') this.require(caller, access, server.ownsServer);
  }
}

export const noSuchServer = () => new AppError('not_found', 'No such server');

const forbidden = (permission: Permission) =>
  new AppError('forbidden', `This needs the permission ${permission}`);
