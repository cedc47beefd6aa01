import { AppError } from '@catalyst/shared/contract/errors';
import { answerCalls, type Call, type CallHandlers, type Calls } from '@catalyst/shared/contract/rpc';
import type { Socket } from 'socket.io';
import type { Caller } from '../access.ts';
import type { PanelCore } from '../core.ts';
import { actorOf } from '../features/audit/audit.service.ts';
import { clientAddress, isSecureRequest, type ProxyTrust } from '../http/client-address.ts';
import { readBearer, readSessionCookie } from '../http/session-cookie.ts';
import type { Revocation } from '../revocations.ts';
import { TokenBucket } from '../token-bucket.ts';
import type { ClientFeed, ClientPayload } from './client-feed.ts';
import { connectError } from './connect-error.ts';
import { type ClientEvents, eventRooms, roomForAll, roomForOwner } from './event-rooms.ts';
import { OpenSockets } from './open-sockets.ts';

/** A browser or program that has been let in. */
export interface ConnectedClient {
  caller: Caller;
  socket: Socket;
}

interface BrowsersParts
  extends Pick<PanelCore, 'io' | 'sessions' | 'access' | 'audit' | 'revocations' | 'log'> {
  isTrusted: ProxyTrust;
  serverName(serverId: string): string | undefined;
}

interface Answered {
  calls: Calls;
  handlersFor(client: ConnectedClient): CallHandlers<Calls>;
}

const callLimit = { capacity: 200, perSecond: 50 };
/** Whatever comes over the connection, before it is known to be a call. */
const messageLimit = { capacity: 400, perSecond: 100 };
const maxCallBytes = 65_536;

/** The sockets of browsers and programs: who they are, what they may ask and hear. Rooms are joined by us alone. */
export class Browsers implements ClientFeed {
  readonly #parts: BrowsersParts;
  readonly #stopListening: () => void;
  readonly #answered: Answered[] = [];
  readonly #open = new OpenSockets();

  constructor(parts: BrowsersParts) {
    const { io, log, isTrusted, revocations } = parts;
    this.#parts = parts;
    io.use((socket, next) => {
      this.#identify(socket)
        .then((caller) => {
          this.#open.add(socket, caller.userId, clientAddress(socket.request, isTrusted));
          socket.data.caller = caller;
        })
        .then(
          () => next(),
          (error: unknown) => next(connectError(error, log)),
        );
    });
    io.on('connection', (socket) => this.#welcome(socket));
    this.#stopListening = revocations.on((revocation) => this.#revoke(revocation));
  }

  /**
   * A feature says what answers its calls; before the panel opens. Each call is authorized by the permission it
   * declares before it comes to its handler. The handlers are made anew for each client.
   */
  answer<C extends Calls>(calls: C, handlersFor: (client: ConnectedClient) => CallHandlers<C>): void {
    this.#answered.push({ calls, handlersFor: handlersFor as Answered['handlersFor'] });
  }

  close(): void {
    this.#stopListening();
    this.#parts.io.disconnectSockets(true);
  }

  toServer<Name extends keyof ClientEvents>(ownerId: string, name: Name, payload: ClientPayload<Name>): void {
    this.#parts.io.to([roomForAll(name), roomForOwner(name, ownerId)]).emit(name, payload);
  }

  toAll<Name extends keyof ClientEvents>(name: Name, payload: ClientPayload<Name>): void {
    this.#parts.io.to(roomForAll(name)).emit(name, payload);
  }

  toAllInTime<Name extends keyof ClientEvents>(name: Name, payload: ClientPayload<Name>): void {
    this.#parts.io.volatile.to(roomForAll(name)).emit(name, payload);
  }

  toOwnerInTime<Name extends keyof ClientEvents>(
    ownerId: string,
    name: Name,
    payload: ClientPayload<Name>,
  ): void {
    this.#parts.io.volatile.to(roomForOwner(name, ownerId)).emit(name, payload);
  }

  async #identify({ handshake, request }: Socket): Promise<Caller> {
    const isSecure = isSecureRequest(request, this.#parts.isTrusted);
    const token =
      typeof handshake.auth.token === 'string'
        ? handshake.auth.token
        : (readBearer(request.headers) ?? readSessionCookie(request.headers, isSecure));
    const caller = token ? await this.#parts.sessions.find(token) : undefined;
    if (!caller) throw new AppError('unauthenticated', 'Sign in first');
    return caller;
  }

  #welcome(socket: Socket): void {
    const caller = socket.data.caller as Caller;
    // It may have been revoked between the middleware and here; then nobody would tell this socket.
    void this.#leaveUnlessValid(socket, caller);
    void socket.join([userRoom(caller.userId), sessionRoom(caller.sessionId), ...eventRooms(caller)]);
    this.#endWithSession(socket, caller);
    this.#limit(socket);
    const ip = clientAddress(socket.request, this.#parts.isTrusted);
    const limit = new TokenBucket(callLimit);
    for (const { calls, handlersFor } of this.#answered) {
      answerCalls(socket, calls, handlersFor({ caller, socket }), {
        before: async (_name, { permission }: Call, input) => {
          if (!limit.take()) {
            throw new AppError('rate_limited', 'Too many calls. Slow down', { retryAfterSeconds: 1 });
          }
          if (!permission) throw new Error('A call declares no permission');
          await this.#parts.access.authorize(caller, permission, (input as { serverId?: string }).serverId);
        },
        after: (_name, call, input, error) => this.#audit(caller, ip, call, input, error),
        onBug: (name, error) => this.#parts.log.error({ err: error, name }, 'A call failed'),
      });
    }
  }

  async #leaveUnlessValid(socket: Socket, caller: Caller): Promise<void> {
    if ((await this.#identify(socket).catch(() => undefined))?.sessionId === caller.sessionId) return;
    end([socket], 'The session has ended');
  }

  async #audit(
    caller: Caller,
    ip: string,
    { audit }: Call,
    input: unknown,
    error: AppError | undefined,
  ): Promise<void> {
    if (!audit) return;
    const { serverId, ...details } = (input ?? {}) as { serverId?: string };
    const name = serverId === undefined ? undefined : this.#parts.serverName(serverId);
    await this.#parts.audit.record({
      action: audit,
      outcome: error ? 'failure' : 'success',
      actor: actorOf(caller),
      target: serverId === undefined ? undefined : { kind: 'server', id: serverId, name },
      ip,
      errorCode: error?.code,
      details,
    });
  }

  #endWithSession(socket: Socket, { sessionExpiresAt }: Caller): void {
    const timer = setTimeout(
      () => end([socket], 'The session has expired'),
      Math.max(0, sessionExpiresAt.getTime() - Date.now()),
    ).unref();
    socket.once('disconnect', () => clearTimeout(timer));
  }

  /** A call is small and there are few of them; whoever sends more is cut off before it is parsed. */
  #limit(socket: Socket): void {
    const limit = new TokenBucket(messageLimit);
    const check = ({ data }: { data?: string | Buffer }) => {
      if ((data?.length ?? 0) > maxCallBytes || !limit.take()) socket.conn.close(true);
    };
    socket.conn.on('packet', check);
    socket.once('disconnect', () => socket.conn.off('packet', check));
  }

  #revoke(revocation: Revocation): void {
    const { kind, reason } = revocation;
    if (kind === 'session') end(this.#in(sessionRoom(revocation.sessionId)), reason);
    if (kind === 'user') end(this.#in(userRoom(revocation.userId)), reason);
  }

  #in(room: string): Socket[] {
    const { sockets, adapter } = this.#parts.io.of('/');
    return [...(adapter.rooms.get(room) ?? [])].flatMap((id) => sockets.get(id) ?? []);
  }
}

function end(sockets: Socket[], reason: string): void {
  for (const socket of sockets) {
    socket.emit('revoked', { reason });
    socket.disconnect(true);
  }
}

const userRoom = (userId: string) => `user:${userId}`;
const sessionRoom = (sessionId: string) => `session:${sessionId}`;
