import { AppError } from '@catalyst/shared/contract/errors';
import { isGranted } from '@catalyst/shared/contract/permissions';
import { answerCalls, type Call, type CallHandlers } from '@catalyst/shared/contract/rpc';
import { clientCalls } from '@catalyst/shared/realtime';
import type { Socket } from 'socket.io';
import type { Caller } from '../access.ts';
import type { PanelCore } from '../core.ts';
import { actorOf } from '../features/audit/audit.service.ts';
import { clientAddress, isSecureRequest, type ProxyTrust } from '../http/client-address.ts';
import { readBearer, readSessionCookie } from '../http/session-cookie.ts';
import type { Revocation } from '../revocations.ts';
import { TokenBucket } from '../token-bucket.ts';
import type { ClientEvents, ClientFeed, ClientPayload } from './client-feed.ts';
import { connectError } from './connect-error.ts';
import type { ConsoleRelay } from './console-relay.ts';
import type { ViewerLine } from './console-text.ts';
import type { Broadcast } from './console-viewer.ts';
import { OpenSockets } from './open-sockets.ts';
import { consoleRoom, SocketViewer } from './socket-viewer.ts';

/** What answers the calls of one socket; each is authorized before it comes here. */
export type ClientHandlers = (client: ConnectedClient) => CallHandlers<typeof clientCalls>;

export interface ConnectedClient {
  caller: Caller;
  viewer: SocketViewer;
  /** The consoles it follows. */
  following: Set<string>;
}

const calls = { capacity: 200, perSecond: 50 };
/** Whatever comes over the connection, before it is known to be a call. */
const messages = { capacity: 400, perSecond: 100 };
const maxCallBytes = 65_536;

/** The sockets of browsers and programs: who they are, what they may ask and hear. Rooms are joined by us alone. */
export class Browsers implements ClientFeed, Broadcast {
  readonly #core: Pick<PanelCore, 'io' | 'sessions' | 'access' | 'audit' | 'revocations' | 'log'>;
  readonly #isTrusted: ProxyTrust;
  readonly #stopListening: () => void;
  readonly #serverName: (serverId: string) => string | undefined;
  readonly #relay: () => ConsoleRelay;
  readonly #open = new OpenSockets();

  /** The relay and the handlers come last: they are made of services that need this. */
  constructor(
    core: Pick<PanelCore, 'io' | 'sessions' | 'access' | 'audit' | 'revocations' | 'log'>,
    isTrusted: ProxyTrust,
    serverName: (serverId: string) => string | undefined,
    relay: () => ConsoleRelay,
    handlers: () => ClientHandlers,
  ) {
    this.#core = core;
    this.#isTrusted = isTrusted;
    this.#serverName = serverName;
    this.#relay = relay;
    core.io.use((socket, next) => {
      this.#identify(socket)
        .then((caller) => {
          this.#open.add(socket, caller.userId, clientAddress(socket.request, isTrusted));
          socket.data.caller = caller;
        })
        .then(
          () => next(),
          (error: unknown) => next(connectError(error, core.log)),
        );
    });
    core.io.on('connection', (socket) => this.#welcome(socket, handlers()));
    this.#stopListening = core.revocations.on((revocation) => this.#revoke(revocation));
  }

  close(): void {
    this.#stopListening();
    this.#core.io.disconnectSockets(true);
  }

  toServer<Name extends keyof ClientEvents>(ownerId: string, name: Name, payload: ClientPayload<Name>): void {
    this.#core.io.to(['servers', userRoom(ownerId)]).emit(name, payload);
  }

  toAllServers<Name extends keyof ClientEvents>(name: Name, payload: ClientPayload<Name>): void {
    this.#core.io.volatile.to('servers').emit(name, payload);
  }

  toOwner<Name extends keyof ClientEvents>(ownerId: string, name: Name, payload: ClientPayload<Name>): void {
    this.#core.io.volatile.to(userRoom(ownerId)).except('servers').emit(name, payload);
  }

  toNodes<Name extends keyof ClientEvents>(name: Name, payload: ClientPayload<Name>): void {
    this.#core.io.to('nodes').emit(name, payload);
  }

  lines(serverId: string, lines: ViewerLine[]): void {
    this.#core.io.to(consoleRoom(serverId)).emit('server_log', { serverId, lines });
  }

  dropped(serverId: string, fromSeq: number, toSeq: number): void {
    this.#core.io.to(consoleRoom(serverId)).emit('console:dropped', { serverId, fromSeq, toSeq });
  }

  async #identify({ handshake, request }: Socket): Promise<Caller> {
    const isSecure = isSecureRequest(request, this.#isTrusted);
    const token =
      typeof handshake.auth.token === 'string'
        ? handshake.auth.token
        : (readBearer(request.headers) ?? readSessionCookie(request.headers, isSecure));
    const caller = token ? await this.#core.sessions.find(token) : undefined;
    if (!caller) throw new AppError('unauthenticated', 'Sign in first');
    return caller;
  }

  #welcome(socket: Socket, handlersFor: ClientHandlers): void {
    const caller = socket.data.caller as Caller;
    // It may have been revoked between the middleware and here; then nobody would tell this socket.
    void this.#leaveUnlessValid(socket, caller);
    const client: ConnectedClient = { caller, viewer: new SocketViewer(socket), following: new Set() };
    socket.data.client = client;
    const rooms = [userRoom(caller.userId), sessionRoom(caller.sessionId)];
    if (isGranted(caller.grants, 'server.read')) rooms.push('servers');
    if (isGranted(caller.grants, 'node.read')) rooms.push('nodes');
    void socket.join(rooms);
    this.#endWithSession(socket, caller);
    this.#limit(socket);
    socket.once('disconnect', () => {
      for (const serverId of client.following) this.#relay().unsubscribe(client.viewer, serverId);
      client.following.clear();
    });
    const ip = clientAddress(socket.request, this.#isTrusted);
    const limit = new TokenBucket(calls);
    answerCalls(socket, clientCalls, handlersFor(client), {
      before: async (_name, { permission }: Call, input) => {
        if (!limit.take()) {
          throw new AppError('rate_limited', 'Too many calls. Slow down', { retryAfterSeconds: 1 });
        }
        if (!permission) throw new Error('A call declares no permission');
        await this.#core.access.authorize(caller, permission, (input as { serverId?: string }).serverId);
      },
      after: (_name, call, input, error) => this.#audit(caller, ip, call, input, error),
      onBug: (name, error) => this.#core.log.error({ err: error, name }, 'A call failed'),
    });
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
    await this.#core.audit.record({
      action: audit,
      outcome: error ? 'failure' : 'success',
      actor: actorOf(caller),
      target:
        serverId === undefined
          ? undefined
          : { kind: 'server', id: serverId, name: this.#serverName(serverId) },
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
    const limit = new TokenBucket(messages);
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
    if (kind === 'server') {
      const { serverId, userId } = revocation;
      if (userId === undefined) this.#relay().end(serverId);
      for (const socket of this.#in(userId === undefined ? null : userRoom(userId))) {
        const client = socket.data.client as ConnectedClient | undefined;
        if (!client?.following.delete(serverId)) continue;
        this.#relay().unsubscribe(client.viewer, serverId);
        socket.emit('revoked', { serverId, reason });
      }
    }
  }

  #in(room: string | null): Socket[] {
    const { sockets, adapter } = this.#core.io.of('/');
    if (room === null) return [...sockets.values()];
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
