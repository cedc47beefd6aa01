import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '@catalyst/shared/contract/errors';
import { type Page, type PageQuery, pageOf } from '@catalyst/shared/contract/values';
import type { KnownLabels } from '@catalyst/shared/features/server-labels';
import { isRemovable, type PowerAction, type ServerState } from '@catalyst/shared/features/server-states';
import {
  type NewServer,
  Server,
  type ServerChanges,
  type ServerClone,
  type ServerTransition,
  type StartDryRun,
  type serverRoutes,
} from '@catalyst/shared/features/servers';
import type { DataSource } from 'typeorm';
import { z } from 'zod';
import { type AccessRules, type Caller, isPermitted } from '../../access.ts';
import type { SecretBox } from '../../identity/secret-box.ts';
import { nodeOffline } from '../../realtime/agent-connection.ts';
import type { AgentDoor } from '../../realtime/agent-door.ts';
import type { NodeIndex } from '../nodes/node-index.ts';
import { operationTimeoutMs } from '../operations/deadlines.ts';
import { findOperation, newOperation } from '../operations/operations.ts';
import type { Templates } from '../templates/templates.service.ts';
import type { UsersService } from '../users/users.service.ts';
import type { ServerCloning } from './clone-server.ts';
import type { Inherited, ServerCreation } from './create-server.ts';
import { dryRunStart } from './dry-run.ts';
import type { LiveValues } from './live-values.ts';
import type { ServerRemoval } from './remove-server.ts';
import { ServerEntity } from './server.entity.ts';
import type { ServerFeed } from './server-feed.ts';
import type { ServerIndex } from './server-index.ts';
import { findLabels, findServerPage, visibleServers } from './server-list.ts';
import type { ServerListCache } from './server-list-cache.ts';
import type { ServerOrders } from './server-orders.ts';
import { assertMayWipe } from './server-rights.ts';
import type { ServerSpecs } from './server-specs.ts';
import { getRecord, getServer, type ServerRecord, withParts } from './server-store.ts';
import { describeServer } from './server-view.ts';
import type { ServerSuspension } from './suspension.ts';
import { byCaller, transitionsOf } from './transitions.ts';
import type { ServerUpdates } from './update-server.ts';

/** A slow agent does not hold up the answer any longer. */
const agentPatienceMs = 1000;

const ServerPage = pageOf(Server);
export type ServerQuery = z.output<(typeof serverRoutes)['list']['schema']['querystring']>;

interface ServersParts {
  database: DataSource;
  access: AccessRules;
  secrets: SecretBox;
  agents: AgentDoor;
  users: UsersService;
  nodeIndex: NodeIndex;
  templates: Templates;
  serverIndex: ServerIndex;
  creation: ServerCreation;
  cloning: ServerCloning;
  updates: ServerUpdates;
  orders: ServerOrders;
  specs: ServerSpecs;
  removal: ServerRemoval;
  suspension: ServerSuspension;
  feed: ServerFeed;
  live: LiveValues;
  listCache: ServerListCache;
}

export class ServersService {
  readonly #parts: ServersParts;

  constructor(parts: ServersParts) {
    this.#parts = parts;
  }

  /** The page as JSON, ready to send. */
  async list(query: ServerQuery, caller: Caller): Promise<Buffer> {
    const view = viewOf(caller);
    const rules = view === everything || (await this.#parts.access.mayOwnersDelete());
    return this.#parts.listCache.get(JSON.stringify([view, rules, query]), async () => {
      const page = await findServerPage(this.#parts.database, query, visibleServers(caller), this.#parts);
      const items = await this.#describeAll(await withParts(this.#parts.database, page.rows), caller);
      return Buffer.from(JSON.stringify(z.encode(ServerPage, { items, nextCursor: page.nextCursor })));
    });
  }

  labels(caller: Caller): Promise<KnownLabels> {
    return findLabels(this.#parts.database, visibleServers(caller));
  }

  async get(id: string, caller: Caller): Promise<Server> {
    const [server] = await this.#describeAll([await getRecord(this.#parts.database, id)], caller);
    return server as Server;
  }

  create(input: NewServer, caller: Caller): Promise<Server> {
    return this.#create(input, caller);
  }

  async clone(id: string, wish: ServerClone, caller: Caller): Promise<Server> {
    const { input, inherited } = await this.#parts.cloning.plan(id, wish, caller);
    return this.#create(input, caller, inherited);
  }

  async #create(input: NewServer, caller: Caller, inherited?: Inherited): Promise<Server> {
    const { creation, serverIndex, orders, feed } = this.#parts;
    const record = await creation.create(input, caller, inherited);
    const { row, operation } = record;
    serverIndex.add(row);
    const [server] = await this.#describeAll([record], caller);
    // A refusal ends the installation, not the server: its page says why, and it can be installed again.
    const sent = orders.send(row, operation).catch(() => {});
    feed.changed(row);
    // Whoever has the answer may follow the console, which begins when the agent knows the server.
    await Promise.race([sent, delay(agentPatienceMs, undefined, { ref: false })]);
    return server as Server;
  }

  async update(id: string, changes: ServerChanges, caller: Caller): Promise<Server> {
    const { database, serverIndex, feed, specs, agents, updates } = this.#parts;
    const before = await getServer(database, id);
    await updates.update(before, changes, caller);
    const row = await getServer(database, id);
    serverIndex.add(row);
    feed.changed(row);
    if (agents.isOnline(row.nodeId)) {
      await specs.applyOrLater(row, {
        call: (name, input, options) => agents.call(row.nodeId, name, input, options),
      });
    }
    return this.get(id, caller);
  }

  /** Through the agent, or with a tombstone while that is away. */
  async delete(id: string, data: 'wipe' | 'keep'): Promise<{ operationId: string }> {
    const { database, agents, orders, removal, templates } = this.#parts;
    const row = await getServer(database, id);
    if (!isRemovable(row.state)) {
      throw new AppError('invalid_state', `The server is ${row.state}; stop it before deleting it`);
    }
    const template = templates.find(row.templateId);
    const keepAs = data === 'keep' ? { name: row.name, template: template?.name ?? row.templateId } : null;
    if (agents.isOnline(row.nodeId)) return { operationId: await orders.remove(row, keepAs) };
    const timeoutMs = operationTimeoutMs('delete', template);
    const operation = newOperation({ serverId: id, nodeId: row.nodeId, kind: 'delete', keepAs }, timeoutMs);
    await removal.bury(row, await findOperation(database, row.operationId), operation);
    return { operationId: operation.id };
  }

  power(
    id: string,
    action: PowerAction,
    caller: Caller,
  ): Promise<{ operationId: string; state: ServerState }> {
    return this.#parts.orders.power(id, action, byCaller(caller));
  }

  async reinstall(
    id: string,
    data: 'keep' | 'wipe',
    caller: Caller,
  ): Promise<{ operationId: string; state: ServerState }> {
    const { database, orders, serverIndex } = this.#parts;
    const wipesFirst = data === 'wipe';
    if (wipesFirst) assertMayWipe(serverIndex.placeOf(await getServer(database, id)), caller);
    return orders.reinstall(id, wipesFirst, byCaller(caller));
  }

  dryRun(id: string, caller: Caller): Promise<StartDryRun> {
    return dryRunStart(this.#parts, id, caller);
  }

  transitions(id: string, query: PageQuery, caller: Caller): Promise<Page<ServerTransition>> {
    const { database, serverIndex } = this.#parts;
    const place = serverIndex.find(id);
    const mayReadConsole = place !== undefined && isPermitted(caller, 'console.read', place);
    return transitionsOf(database, id, query, { mayReadConsole });
  }

  async suspend(id: string, reason: string, caller: Caller): Promise<Server> {
    await this.#parts.suspension.suspend(id, reason, caller);
    return this.get(id, caller);
  }

  async unsuspend(id: string, caller: Caller): Promise<Server> {
    await this.#parts.suspension.unsuspend(id, caller);
    return this.get(id, caller);
  }

  async resetCrashCount(id: string): Promise<void> {
    const { database, agents, feed } = this.#parts;
    const row = await getServer(database, id);
    if (!agents.isOnline(row.nodeId)) throw nodeOffline();
    await agents.call(row.nodeId, 'server:reset-crash-count', { serverId: id });
    await database.getRepository(ServerEntity).update({ id }, { crashCount: 0 });
    feed.changed(row);
  }

  async #describeAll(records: readonly ServerRecord[], caller: Caller): Promise<Server[]> {
    const { users, nodeIndex, serverIndex, agents, templates, live, access } = this.#parts;
    const isOwnSuspended = records.some(({ row }) => row.suspendedAt && row.ownerId === caller.userId);
    const mayOwnersDelete = isOwnSuspended && (await access.mayOwnersDelete());
    const names = await users.names([...new Set(records.map(({ row }) => row.ownerId))]);
    return records.map((record) => {
      const { row } = record;
      const node = nodeIndex.find(row.nodeId);
      const surroundings = {
        place: serverIndex.placeOf(row),
        ownerName: names.get(row.ownerId),
        node: {
          id: row.nodeId,
          name: node?.name ?? '',
          isOnline: agents.isOnline(row.nodeId),
          publicAddress: node?.publicAddress ?? '',
        },
        template: templates.find(row.templateId),
        stats: live.stats.get(row.id) ?? null,
        installProgress: live.installProgress.get(row.id) ?? null,
        mayOwnersDelete,
      };
      return describeServer(record, surroundings, caller);
    });
  }
}

/** The view of whoever may do everything. */
const everything = '*';

/** Those with the same see the same of every server. The lists end when anybody's rights change. */
function viewOf(caller: Caller): string {
  const isAdministrator = caller.person.grants.has('*') && caller.person.nodeIds === null;
  return isAdministrator && !caller.key ? everything : `${caller.userId} ${caller.key?.id ?? ''}`;
}
