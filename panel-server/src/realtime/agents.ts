import { AppError } from '@catalyst/shared/contract/errors';
import { answerCalls, type CallHandlers, type EventHandlers, listen } from '@catalyst/shared/contract/rpc';
import type { AgentHello } from '@catalyst/shared/features/agent-link';
import { agentEvents, panelCalls } from '@catalyst/shared/realtime';
import type { Namespace, Socket, Server as SocketServer } from 'socket.io';
import { TokenBucket } from '../token-bucket.ts';
import { AgentAdmission, notLinked } from './agent-admission.ts';
import {
  type AgentCallInput,
  type AgentCallOutput,
  type AgentCalls,
  AgentConnection,
  nodeOffline,
} from './agent-connection.ts';
import type { AgentDoor, AgentListener, AgentsOptions } from './agent-door.ts';
import { shakeHands } from './agent-handshake.ts';
import { connectError } from './connect-error.ts';
import { KeyedQueue } from './keyed-queue.ts';
import { withoutForeign } from './server-ids.ts';

type PanelCalls = typeof panelCalls;
type AgentEvents = typeof agentEvents;

const snapshotTimeoutMs = 30_000;
const messageLimit = { capacity: 10_000, perSecond: 10_000 };
const byteLimit = { capacity: 40_000_000, perSecond: 20_000_000 };
/** An honest agent tells one thing after another, each when the one before was acknowledged. */
const maxWaitingReports = 1000;

/** The agents that are connected: who they are, what they may say, and the way to ask them. */
export class Agents implements AgentDoor {
  readonly #options: AgentsOptions;
  readonly #namespace: Namespace;
  readonly #admission: AgentAdmission;
  readonly #connections = new Map<string, AgentConnection>();
  readonly #queue = new KeyedQueue();
  #isClosed = false;

  /** The listener comes last: it is made of services that need the agents themselves. */
  constructor(sockets: SocketServer, options: AgentsOptions, listener: () => AgentListener) {
    this.#options = options;
    this.#admission = new AgentAdmission(options.registry);
    this.#namespace = sockets.of('/agent');
    this.#namespace.use((socket, next) => {
      this.#admission.admit(socket.handshake.auth, options.addressOf(socket)).then(
        (hello) => {
          socket.data.hello = hello;
          next();
        },
        (error: unknown) => next(connectError(error, options.log)),
      );
    });
    this.#namespace.on('connection', (socket) => {
      this.#limit(socket);
      void this.#receive(socket, listener());
    });
  }

  isOnline(nodeId: string): boolean {
    return this.#ready(nodeId) !== undefined;
  }

  async call<Name extends keyof AgentCalls>(
    nodeId: string,
    name: Name,
    input: AgentCallInput<Name>,
    options?: { timeoutMs?: number },
  ): Promise<AgentCallOutput<Name>> {
    const connection = this.#ready(nodeId);
    if (!connection) throw nodeOffline();
    return connection.call(name, input, options);
  }

  /** Ends the connection of a node's agent; it is told why. */
  cut(nodeId: string, reason: string): void {
    const connection = this.#connections.get(nodeId);
    if (connection) refuse(connection.socket, new AppError('unauthenticated', reason));
  }

  /** Resolves when nothing of what agents said is still being dealt with. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#namespace.disconnectSockets(true);
    await this.#queue.idle();
  }

  #ready(nodeId: string): AgentConnection | undefined {
    const connection = this.#connections.get(nodeId);
    return connection?.isReady && connection.socket.connected ? connection : undefined;
  }

  async #receive(socket: Socket, listener: AgentListener): Promise<void> {
    const connection = new AgentConnection(socket, hello(socket));
    const { log } = this.#options;
    try {
      await this.#prove(socket);
      // One at a time per node, or two that are proven together would both take its place.
      await this.#queue.run(`place ${connection.nodeId}`, () => this.#takePlace(connection, listener));
    } catch (error) {
      if (!(error instanceof AppError)) log.error({ err: error }, 'An agent could not be received');
      else if (error.code === 'unauthenticated') {
        log.warn({ nodeId: connection.nodeId, reason: error.message }, 'An agent was refused');
        this.#admission.countFailure(this.#options.addressOf(socket));
      }
      refuse(socket, error instanceof AppError ? error : new AppError('internal', 'An error in the panel'));
    }
  }

  async #prove(socket: Socket): Promise<void> {
    const { registry, panel, audit, addressOf } = this.#options;
    const { nodeId, publicKey, isKnownKey, ...rest } = hello(socket);
    const { enrolmentSecret } = await shakeHands(socket, { nodeId, publicKey, ...rest }, panel);
    if (isKnownKey) return;
    if (enrolmentSecret === undefined) throw notLinked();
    const isEnrolled = await registry.enrol(nodeId, publicKey, enrolmentSecret);
    const entry = { action: 'node.enrol', isSuccess: isEnrolled, nodeId, ip: addressOf(socket) } as const;
    await audit({ ...entry, details: {} });
    if (!isEnrolled) {
      throw new AppError('unauthenticated', 'The deployment token is used, expired or for another node');
    }
  }

  async #takePlace(connection: AgentConnection, listener: AgentListener): Promise<void> {
    const { nodeId, agentVersion, socket } = connection;
    // It may have been linked anew, or removed, while this handshake ran.
    if ((await this.#options.registry.agentKeyOf(nodeId)) !== hello(socket).publicKey) throw notLinked();
    const current = this.#connections.get(nodeId);
    if (current) await this.#replace(current, connection);
    if (!socket.connected || this.#isClosed) return;
    this.#connections.set(nodeId, connection);
    this.#serve(connection, listener);
    socket.emit('node:welcome', { panelVersion: this.#options.panelVersion });
    this.#options.log.info({ nodeId, agentVersion }, 'An agent connected');
  }

  /** The same process comes back after a cut; another one has to wait until the first no longer answers. */
  async #replace(current: AgentConnection, { nodeId, processId, socket }: AgentConnection): Promise<void> {
    const { registry, audit, addressOf } = this.#options;
    const { isKnownKey } = hello(socket);
    if (isKnownKey && current.processId !== processId && (await current.stillAnswers())) {
      const ip = addressOf(socket);
      const text = `A second machine with this node's key tried to connect from ${ip}. If you copied a machine, link one of the two with a new deployment token.`;
      await registry.remark(nodeId, { text, isRefused: false });
      await audit({ action: 'node.duplicate', isSuccess: false, nodeId, ip, details: {} });
      throw new AppError('conflict', 'Another agent with this key is connected and answers');
    }
    this.#connections.delete(nodeId);
    current.socket.disconnect(true);
  }

  #serve(connection: AgentConnection, listener: AgentListener): void {
    const { nodeId, socket } = connection;
    const isCurrent = () => this.#connections.get(nodeId) === connection;
    listener.connected(nodeId);
    const snapshotTimer = setTimeout(() => socket.disconnect(true), snapshotTimeoutMs);
    socket.once('disconnect', () => {
      clearTimeout(snapshotTimer);
      if (!isCurrent()) return;
      this.#connections.delete(nodeId);
      this.#options.log.info({ nodeId }, 'An agent is gone');
      void this.#inOrder(nodeId, () => this.#options.registry.offline(nodeId));
    });

    const handlers = listener.calls(nodeId, connection) as unknown as Record<
      string,
      (input: unknown) => Promise<object>
    >;
    const guarded = Object.fromEntries(
      Object.keys(panelCalls).map((name) => [
        name,
        (input: unknown) => {
          if (this.#queue.lengthOf(nodeId) >= maxWaitingReports) this.#endFlood(socket);
          return this.#queue.run(nodeId, async () => {
            if (!isCurrent()) throw new AppError('unavailable', 'The connection was replaced');
            const own = this.#ownPart(connection, name, input);
            const answer = own === undefined ? {} : await handlers[name]?.(own);
            if (name === 'node_snapshot') {
              clearTimeout(snapshotTimer);
              await this.#becomeReady(connection, listener);
            }
            return answer ?? {};
          });
        },
      ]),
    ) as unknown as CallHandlers<PanelCalls>;
    answerCalls(socket, panelCalls, guarded, {
      onBug: (name, error) => this.#options.log.error({ err: error, nodeId, name }, 'A report failed'),
      after: (name, _call, input, error) => {
        if (error?.code === 'invalid_input' && input === undefined)
          this.#violation(connection, 'malformed', { name });
      },
    });

    const events = listener.events(nodeId) as unknown as Record<string, (payload: unknown) => void>;
    const guardedEvents = Object.fromEntries(
      Object.keys(agentEvents).map((name) => [
        name,
        (payload: unknown) => {
          const own = isCurrent() ? this.#ownPart(connection, name, payload) : undefined;
          if (own !== undefined) events[name]?.(own);
        },
      ]),
    ) as EventHandlers<AgentEvents>;
    listen(socket, agentEvents, guardedEvents, (name) => this.#violation(connection, 'malformed', { name }));
  }

  async #becomeReady(connection: AgentConnection, listener: AgentListener): Promise<void> {
    const { nodeId, agentVersion } = connection;
    connection.isReady = true;
    await this.#options.registry.online(nodeId, agentVersion);
    listener.ready(nodeId);
  }

  #ownPart<T>(connection: AgentConnection, name: string, message: T): T | undefined {
    const foreign: string[] = [];
    const isForeign = (serverId: string) => {
      const nodeId = this.#options.nodeOf(serverId);
      return nodeId !== undefined && nodeId !== connection.nodeId;
    };
    const own = withoutForeign(message, isForeign, foreign);
    if (foreign.length > 0) this.#violation(connection, 'foreign-server', { name, serverId: foreign[0] });
    return own;
  }

  #violation({ nodeId, socket }: AgentConnection, kind: string, details: Record<string, unknown>): void {
    const { violation, addressOf } = this.#options;
    violation({ nodeId, about: kind, ip: addressOf(socket), details: { kind, ...details } });
  }

  /** Counts all that comes over the connection, before any of it is parsed. */
  #limit(socket: Socket): void {
    const messages = new TokenBucket(messageLimit);
    const bytes = new TokenBucket(byteLimit);
    const count = ({ data }: { data?: string | Buffer }) => {
      if (!messages.take() || !bytes.take(data?.length ?? 0)) this.#endFlood(socket);
    };
    socket.conn.on('packet', count);
    socket.once('disconnect', () => socket.conn.off('packet', count));
  }

  #endFlood(socket: Socket): void {
    const { nodeId } = hello(socket);
    const connection = this.#connections.get(nodeId);
    if (connection?.socket === socket) {
      this.#violation(connection, 'flood', {});
      this.#admission.coolDown(nodeId);
    }
    socket.conn.close(true);
  }

  async #inOrder(nodeId: string, work: () => Promise<void>): Promise<void> {
    if (this.#isClosed) return;
    await this.#queue.run(nodeId, work).catch((error: unknown) => {
      this.#options.log.error({ err: error, nodeId }, 'The end of a connection was not recorded');
    });
  }
}

const hello = (socket: Socket) => socket.data.hello as AgentHello & { isKnownKey: boolean };

function refuse(socket: Socket, error: AppError): void {
  socket.emit('node:refused', { code: error.code, message: error.message });
  socket.disconnect(true);
}
