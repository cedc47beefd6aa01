import { AppError } from '@catalyst/shared/contract/errors';
import { consoleClientEvents } from '@catalyst/shared/features/console';
import type { Socket } from 'socket.io';
import { type AccessRules, noSuchServer } from '../../access.ts';
import type { ConnectedClient } from '../../realtime/browsers.ts';
import { isAbout, type Revocation, type Revocations, type RightsChange } from '../../revocations.ts';
import type { ServerIndex } from '../servers/server-index.ts';
import type { ConsoleRelay } from './console-relay.ts';
import type { Range } from './console-viewer.ts';
import { SocketViewer } from './socket-viewer.ts';

const maxFollowed = 200;
const needed = new Set(Object.values(consoleClientEvents).map(({ permission }) => permission));

interface Follower extends ConnectedClient {
  viewer: SocketViewer;
  /** The servers whose consoles it follows. */
  followed: Set<string>;
}

interface ConsoleFollowersParts {
  access: AccessRules;
  relay: ConsoleRelay;
  serverIndex: ServerIndex;
  revocations: Revocations;
}

/** Which sockets follow which consoles: until they say so, disconnect, or lose the right to it. */
export class ConsoleFollowers {
  readonly #parts: ConsoleFollowersParts;
  readonly #followers = new Map<Socket, Follower>();

  constructor(parts: ConsoleFollowersParts) {
    this.#parts = parts;
    parts.revocations.on((revocation) => this.#revoke(revocation));
  }

  /** Answers the range of the lines that come first. Throws `limit_reached` when the client follows too many. */
  async follow(client: ConnectedClient, serverId: string, afterSeq: number | undefined): Promise<Range> {
    const { access, relay, serverIndex } = this.#parts;
    for (const permission of needed) await access.authorize(client.caller, permission, serverId);
    const { viewer, followed } = this.#followerOf(client);
    if (followed.size >= maxFollowed && !followed.has(serverId)) {
      throw new AppError('limit_reached', `At most ${maxFollowed} consoles at a time`);
    }
    const place = serverIndex.find(serverId);
    if (!place) throw noSuchServer();
    // Before it is followed, so that a revocation or disconnection meanwhile finds it.
    followed.add(serverId);
    try {
      return await relay.subscribe(viewer, { id: serverId, nodeId: place.nodeId }, afterSeq);
    } catch (error) {
      followed.delete(serverId);
      throw error;
    }
  }

  unfollow({ socket }: ConnectedClient, serverId: string): void {
    const follower = this.#followers.get(socket);
    if (follower?.followed.delete(serverId)) this.#parts.relay.unsubscribe(follower.viewer, serverId);
  }

  #followerOf({ caller, socket }: ConnectedClient): Follower {
    const known = this.#followers.get(socket);
    if (known) return known;
    if (!socket.connected) throw new AppError('unavailable', 'The connection has closed');
    const follower = { caller, socket, viewer: new SocketViewer(socket), followed: new Set<string>() };
    this.#followers.set(socket, follower);
    socket.once('disconnect', () => {
      this.#followers.delete(socket);
      for (const serverId of follower.followed) this.#parts.relay.unsubscribe(follower.viewer, serverId);
      follower.followed.clear();
    });
    return follower;
  }

  #revoke(revocation: Revocation): void {
    if (revocation.kind === 'rights') this.#lookAgain(revocation);
    if (revocation.kind !== 'server') return;
    const { serverId, userId, reason } = revocation;
    if (userId === undefined) this.#parts.relay.end(serverId);
    for (const follower of this.#followers.values()) {
      if (userId !== undefined && userId !== follower.caller.userId) continue;
      if (!follower.followed.has(serverId)) continue;
      this.unfollow(follower, serverId);
      follower.socket.emit('revoked', { serverId, reason });
    }
  }

  #lookAgain(change: RightsChange): void {
    const { access } = this.#parts;
    for (const follower of this.#followers.values()) {
      const { caller, followed, socket } = follower;
      if (!isAbout(change, caller)) continue;
      for (const serverId of [...followed]) {
        if ([...needed].every((permission) => access.mayOnServer(caller, permission, serverId))) continue;
        this.unfollow(follower, serverId);
        // Whoever lost all of the server is told so for the server.
        const isTold = change.serverId === serverId && !access.mayOnServer(caller, 'server.read', serverId);
        if (!isTold) socket.emit('revoked', { serverId, reason: change.reason });
      }
    }
  }
}
