import { AppError } from '@catalyst/shared/contract/errors';
import { answerCalls, type Call, type CallHandlers, type Calls } from '@catalyst/shared/contract/rpc';
import type { Socket } from 'socket.io';
import type { Caller, ServerPlace } from '../access.ts';
import type { PanelCore } from '../core.ts';
import { actorOf } from '../features/audit/audit.service.ts';
import { clientAddress, isSecureRequest, type ProxyTrust } from '../http/client-address.ts';
import type { Credentials } from '../http/credentials.ts';
import { isAbout, type Revocation, type RightsChange } from '../revocations.ts';
import { TokenBucket } from '../token-bucket.ts';
import type { AboutServer, ClientFeed, ClientPayload } from './client-feed.ts';
import { connectError } from './connect-error.ts';
import { type ClientEvents, eventRooms, roomForAll, roomForNode, roomsForServer } from './event-rooms.ts';
import { OpenSockets } from './open-sockets.ts';

/** A browser or program that has been let in. */
export interface ConnectedClient {
  caller: Caller;
  socket: Socket;
}

interface BrowsersParts extends Pick<PanelCore, 'io' | 'access' | 'audit' | 'revocations' | 'log'> {
  credentials: Credentials;
  isTrusted: ProxyTrust;
  findServer(serverId: string): (ServerPlace & { name: string }) | undefined;
}

interface Answered {
  calls: Calls;
  handlersFor(client: ConnectedClient): CallHandlers<Calls>;
}

const callLimit = { capacity: 200, perSecond: 50 };
/** Whatever comes over the connection, before it is known to be a call. */
const messageLimit = { capacity: 400, perSecond: 100 };
const maxCallBytes = 65_536;
/** What a timer takes; longer ones would end at once. */
const longestTimerMs = 2 ** 31 - 1;

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

  toServer<Name extends keyof ClientEvents>(
    server: AboutServer,
    name: Name,
    payload: ClientPayload<Name>,
  ): void {
    const people = roomsForServer(name, this.#placeOf(server));
    this.#parts.io.to([roomForAll(name), roomForNode(name, server.nodeId), ...people]).emit(name, payload);
  }

  toNode<Name extends keyof ClientEvents>(nodeId: string, name: Name, payload: ClientPayload<Name>): void {
    this.#parts.io.to([roomForAll(name), roomForNode(name, nodeId)]).emit(name, payload);
  }

  toAll<Name extends keyof ClientEvents>(name: Name, payload: ClientPayload<Name>): void {
    this.#parts.io.to(roomForAll(name)).emit(name, payload);
  }

  toServersInTime<Name extends keyof ClientEvents, Item>(
    name: Name,
    items: readonly { server: AboutServer; item: Item }[],
    payloadOf: (items: Item[]) => ClientPayload<Name>,
  ): void {
    const { volatile } = this.#parts.io;
    const tell = (rooms: string, about: typeof items, except: string[] = []) =>
      volatile
        .to(rooms)
        .except(except)
        .emit(name, payloadOf(about.map(({ item }) => item)) as never);
    tell(roomForAll(name), items);
    for (const [nodeId, onNode] of Map.groupBy(items, ({ server }) => server.nodeId)) {
      const room = roomForNode(name, nodeId);
      tell(room, onNode);
      const personal = onNode.flatMap((one) =>
        roomsForServer(name, this.#placeOf(one.server)).map((person) => ({ person, one })),
      );
      for (const [person, theirs] of Map.groupBy(personal, ({ person }) => person)) {
        tell(
          person,
          theirs.map(({ one }) => one),
          [room],
        );
      }
    }
  }

  /** A server that has just been removed was shared with nobody any more. */
  #placeOf({ id, nodeId, ownerId }: AboutServer): ServerPlace {
    const { isSuspended = false, subusers = new Map() } = this.#parts.findServer(id) ?? {};
    return { nodeId, ownerId, isSuspended, subusers };
  }

  async #identify({ handshake, request }: Socket): Promise<Caller> {
    const { credentials, isTrusted } = this.#parts;
    const credential = credentials.read(
      request.headers,
      isSecureRequest(request, isTrusted),
      handshake.auth.token,
    );
    const ip = clientAddress(request, isTrusted);
    const caller = credential && (await credentials.find(credential, ip));
    if (!caller) throw new AppError('unauthenticated', 'Sign in first');
    return caller;
  }

  #welcome(socket: Socket): void {
    const caller = socket.data.caller as Caller;
    // It may have been revoked between the middleware and here; then nobody would tell this socket.
    void this.#leaveUnlessValid(socket, caller);
    void socket.join([userRoom(caller.userId), sessionRoom(caller.sessionId)]);
    this.#joinEventRooms(socket, caller);
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
    const name = serverId === undefined ? undefined : this.#parts.findServer(serverId)?.name;
    await this.#parts.audit.record({
      action: audit,
      outcome: error ? 'failure' : 'success',
      actor: actorOf(caller),
      target: serverId === undefined ? undefined : { kind: 'server', id: serverId, name },
      serverId,
      ip,
      errorCode: error?.code,
      details,
    });
  }

  #endWithSession(socket: Socket, { sessionExpiresAt }: Caller): void {
    const leftMs = () => Math.max(0, sessionExpiresAt.getTime() - Date.now());
    const look = () => {
      if (leftMs() > 0) timer = setTimeout(look, Math.min(leftMs(), longestTimerMs)).unref();
      else end([socket], 'The session has expired');
    };
    let timer = setTimeout(look, Math.min(leftMs(), longestTimerMs)).unref();
    socket.once('disconnect', () => clearTimeout(timer));
  }

  #joinEventRooms(socket: Socket, caller: Caller): void {
    const rooms = eventRooms(caller);
    for (const room of (socket.data.eventRooms as string[] | undefined) ?? []) {
      if (!rooms.includes(room)) void socket.leave(room);
    }
    void socket.join(rooms);
    socket.data.eventRooms = rooms;
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
    if (kind === 'rights') this.#lookAgain(revocation);
  }

  #lookAgain(change: RightsChange): void {
    const { userId, serverId, reason } = change;
    const sockets = userId === undefined ? this.#all() : this.#in(userRoom(userId));
    for (const socket of sockets) {
      const caller = socket.data.caller as Caller;
      if (!isAbout(change, caller)) continue;
      this.#joinEventRooms(socket, caller);
      socket.emit('rights_changed', serverId === undefined ? {} : { serverId });
      if (serverId === undefined || this.#parts.access.mayOnServer(caller, 'server.read', serverId)) continue;
      socket.emit('revoked', { serverId, reason });
    }
  }

  #all(): Socket[] {
    return [...this.#parts.io.of('/').sockets.values()];
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
