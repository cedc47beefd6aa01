import { AppError } from '@catalyst/shared/contract/errors';
import {
  answerCalls,
  type CallHandlers,
  type Calls,
  type EventHandlers,
  type Events,
  listen,
} from '@catalyst/shared/contract/rpc';
import type { AgentHello } from '@catalyst/shared/features/agent-link';
import type { Namespace, Socket, Server as SocketServer } from 'socket.io';
import { TokenBucket } from '../token-bucket.ts';
import { AgentAdmission, type NodeRegistry, notLinked } from './agent-admission.ts';
import {
  type AgentCallInput,
  type AgentCallOutput,
  type AgentCalls,
  AgentConnection,
  type AgentLink,
  nodeOffline,
} from './agent-connection.ts';
import type { AgentDoor, AgentsOptions, AgentWatcher, Violation } from './agent-door.ts';
import { shakeHands } from './agent-handshake.ts';
import { connectError } from './connect-error.ts';
import { KeyedQueue } from './keyed-queue.ts';
import { withoutForeign } from './server-ids.ts';

interface Answered {
  calls: Calls;
  handlersFor(nodeId: string, link: AgentLink): Record<string, (input: unknown) => Promise<object> | object>;
}
interface Listened {
  events: Events;
  handlersFor(nodeId: string): Record<string, (payload: unknown) => void>;
}

const snapshotTimeoutMs = 30_000;
const messageLimit = { capacity: 10_000, perSecond: 10_000 };
const byteLimit = { capacity: 40_000_000, perSecond: 20_000_000 };
/** An honest agent tells one thing after another, each when the one before was acknowledged. */
const maxWaitingReports = 1000;

/** The agents that are connected: who they are, what they may say, and the way to ask them. */
export class Agents implements AgentDoor {
  readonly #options: AgentsOptions;
  readonly #namespace: Namespace;
  /** Both set before the first agent is let in. */
  #registry!: NodeRegistry;
  #admission!: AgentAdmission;
  readonly #answered: Answered[] = [];
  readonly #listened: Listened[] = [];
  readonly #watchers: AgentWatcher[] = [];
  readonly #connections = new Map<string, AgentConnection>();
  readonly #queue = new KeyedQueue();
  #isClosed = false;

  constructor(sockets: SocketServer, options: AgentsOptions) {
    this.#options = options;
    this.#namespace = sockets.of('/agent');
  }

  /** The nodes feature says who is let in, and keeps the record of it. Until then nobody is. */
  admitWith(registry: NodeRegistry): void {
    const { addressOf, log } = this.#options;
    this.#registry = registry;
    this.#admission = new AgentAdmission(registry);
    this.#namespace.use((socket, next) => {
      this.#admission.admit(socket.handshake.auth, addressOf(socket)).then(
        (hello) => {
          socket.data.hello = hello;
          next();
        },
        (error: unknown) => next(connectError(error, log)),
      );
    });
    this.#namespace.on('connection', (socket) => {
      this.#limit(socket);
      void this.#receive(socket);
    });
  }

  /**
   * A feature says what answers its calls; before the panel opens. Those of one agent come one after another, without
   * what concerns other nodes.
   */
  answer<C extends Calls>(calls: C, handlersFor: (nodeId: string, link: AgentLink) => CallHandlers<C>): void {
    this.#answered.push({ calls, handlersFor: handlersFor as unknown as Answered['handlersFor'] });
  }

  /** A feature says what takes its events; before the panel opens. */
  listen<E extends Events>(events: E, handlersFor: (nodeId: string) => Required<EventHandlers<E>>): void {
    this.#listened.push({ events, handlersFor: handlersFor as unknown as Listened['handlersFor'] });
  }

  watch(watcher: AgentWatcher): void {
    this.#watchers.push(watcher);
  }

  /** An agent said what cannot be. Each thing is written down once a minute. */
  noteViolation(violation: Violation): void {
    this.#options.violation(violation);
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

  async #receive(socket: Socket): Promise<void> {
    const connection = new AgentConnection(socket, hello(socket));
    const { log } = this.#options;
    try {
      await this.#prove(socket);
      // One at a time per node, or two that are proven together would both take its place.
      await this.#queue.run(`place ${connection.nodeId}`, () => this.#takePlace(connection));
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
    const { panel, audit, addressOf } = this.#options;
    const { nodeId, publicKey, isKnownKey, ...rest } = hello(socket);
    const { enrolmentSecret } = await shakeHands(socket, { nodeId, publicKey, ...rest }, panel);
    if (isKnownKey) return;
    if (enrolmentSecret === undefined) throw notLinked();
    const isEnrolled = await this.#registry.enrol(nodeId, publicKey, enrolmentSecret);
    const entry = { action: 'node.enrol', isSuccess: isEnrolled, nodeId, ip: addressOf(socket) } as const;
    await audit({ ...entry, details: {} });
    if (!isEnrolled) {
      throw new AppError('unauthenticated', 'The deployment token is used, expired or for another node');
    }
  }

  async #takePlace(connection: AgentConnection): Promise<void> {
    const { nodeId, agentVersion, socket } = connection;
    // It may have been linked anew, or removed, while this handshake ran.
    if ((await this.#registry.agentKeyOf(nodeId)) !== hello(socket).publicKey) throw notLinked();
    const current = this.#connections.get(nodeId);
    if (current) await this.#replace(current, connection);
    if (!socket.connected || this.#isClosed) return;
    this.#connections.set(nodeId, connection);
    this.#serve(connection);
    socket.emit('node:welcome', { panelVersion: this.#options.panelVersion });
    this.#options.log.info({ nodeId, agentVersion }, 'An agent connected');
  }

  /** The same process comes back after a cut; another one has to wait until the first no longer answers. */
  async #replace(current: AgentConnection, { nodeId, processId, socket }: AgentConnection): Promise<void> {
    const { audit, addressOf } = this.#options;
    const { isKnownKey } = hello(socket);
    if (isKnownKey && current.processId !== processId && (await current.stillAnswers())) {
      const ip = addressOf(socket);
      const text = `A second machine with this node's key tried to connect from ${ip}. If you copied a machine, link one of the two with a new deployment token.`;
      await this.#registry.remark(nodeId, { text, isRefused: false });
      await audit({ action: 'node.duplicate', isSuccess: false, nodeId, ip, details: {} });
      throw new AppError('conflict', 'Another agent with this key is connected and answers');
    }
    this.#connections.delete(nodeId);
    current.socket.disconnect(true);
  }

  #serve(connection: AgentConnection): void {
    const { nodeId, socket } = connection;
    const isCurrent = () => this.#connections.get(nodeId) === connection;
    this.#tell('connected', nodeId);
    const snapshotTimer = setTimeout(() => socket.disconnect(true), snapshotTimeoutMs);
    socket.once('disconnect', () => {
      clearTimeout(snapshotTimer);
      if (!isCurrent()) return;
      this.#connections.delete(nodeId);
      this.#options.log.info({ nodeId }, 'An agent is gone');
      void this.#inOrder(nodeId, async () => {
        await this.#registry.offline(nodeId);
        this.#tell('offline', nodeId);
      });
    });

    const onInvalid = (name: string) => this.#violation(connection, 'malformed', { name });
    for (const { calls, handlersFor } of this.#answered) {
      const handlers = handlersFor(nodeId, connection);
      const guarded = Object.keys(calls).map((name) => {
        const answer = async (input: unknown) => {
          if (!isCurrent()) throw new AppError('unavailable', 'The connection was replaced');
          const own = this.#ownPart(connection, name, input);
          const value = own === undefined ? {} : await handlers[name]?.(own);
          if (name === 'node_snapshot') {
            clearTimeout(snapshotTimer);
            await this.#becomeReady(connection);
          }
          return value ?? {};
        };
        const inTurn = (input: unknown) => {
          if (this.#queue.lengthOf(nodeId) >= maxWaitingReports) this.#endFlood(socket);
          return this.#queue.run(nodeId, () => answer(input));
        };
        return [name, inTurn] as const;
      });
      answerCalls(socket, calls, Object.fromEntries(guarded), {
        onBug: (name, error) => this.#options.log.error({ err: error, nodeId, name }, 'A report failed'),
        after: (name, _call, input, error) => {
          if (error?.code === 'invalid_input' && input === undefined) onInvalid(name);
        },
      });
    }
    for (const { events, handlersFor } of this.#listened) {
      const handlers = handlersFor(nodeId);
      const guarded = Object.keys(events).map((name) => {
        const take = (payload: unknown) => {
          const own = isCurrent() ? this.#ownPart(connection, name, payload) : undefined;
          if (own !== undefined) handlers[name]?.(own);
        };
        return [name, take] as const;
      });
      listen(socket, events, Object.fromEntries(guarded), onInvalid);
    }
  }

  async #becomeReady(connection: AgentConnection): Promise<void> {
    const { nodeId, agentVersion } = connection;
    connection.isReady = true;
    await this.#registry.online(nodeId, agentVersion);
    this.#tell('ready', nodeId);
  }

  #tell(what: keyof AgentWatcher, nodeId: string): void {
    const tellOne = async (watcher: AgentWatcher) => watcher[what]?.(nodeId);
    for (const watcher of this.#watchers) {
      tellOne(watcher).catch((error: unknown) =>
        this.#options.log.error({ err: error, nodeId, what }, 'What follows the news of an agent failed'),
      );
    }
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
    const ip = this.#options.addressOf(socket);
    this.noteViolation({ nodeId, about: kind, ip, details: { kind, ...details } });
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
