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

/** The one place that decides; HTTP routes, sockets and whatever comes later ask here. */
export class AccessRules {
  readonly #servers: { find(serverId: string): { ownerId: string } | undefined };

  constructor(servers: { find(serverId: string): { ownerId: string } | undefined }) {
    this.#servers = servers;
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
    const server = this.#servers.find(serverId);
    const ownsServer = server?.ownerId === caller.userId;
    if (!server || !isGranted(caller.grants, 'server.read', ownsServer)) throw noSuchServer();
    if (access !== 'signed-in') this.require(caller, access, ownsServer);
  }
}

export const noSuchServer = () => new AppError('not_found', 'No such server');

const forbidden = (permission: Permission) =>
  new AppError('forbidden', `This needs the permission ${permission}`);
