import type { DataSource } from 'typeorm';
import { inTransaction } from '../../database/sqlite-gate.ts';
import type { Logger } from '../../logger.ts';
import type { AgentDoor } from '../../realtime/agent-door.ts';
import { endOperation, findOperation } from '../operations/operations.ts';
import type { ServerRemoval } from './remove-server.ts';
import { ServerEntity, type ServerRow } from './server.entity.ts';
import type { ServerFeed } from './server-feed.ts';
import type { ServerOrders } from './server-orders.ts';
import { findServer, lockServer } from './server-store.ts';
import { byPanel } from './transitions.ts';

/** What follows when an operation has ended. */
export class OperationEnds {
  readonly #database: DataSource;
  readonly #agents: AgentDoor;
  readonly #orders: ServerOrders;
  readonly #removal: ServerRemoval;
  readonly #feed: ServerFeed;
  readonly #log: Logger;

  constructor(parts: {
    database: DataSource;
    agents: AgentDoor;
    orders: ServerOrders;
    removal: ServerRemoval;
    feed: ServerFeed;
    log: Logger;
  }) {
    this.#database = parts.database;
    this.#agents = parts.agents;
    this.#orders = parts.orders;
    this.#removal = parts.removal;
    this.#feed = parts.feed;
    this.#log = parts.log;
  }

  /** `error` is a sentence, null for success. Does nothing for an operation of another node, or one that had ended. */
  async end(nodeId: string, operationId: string, error: string | null): Promise<void> {
    const tombstone = await this.#removal.findTombstone(operationId);
    if (tombstone) {
      if (tombstone.nodeId === nodeId && error === null) await this.#removal.forget(tombstone);
      return;
    }
    const operation = await findOperation(this.#database, operationId);
    if (operation?.nodeId !== nodeId) return;
    const row = await findServer(this.#database, operation.serverId);
    if (operation.kind === 'delete' && error === null) {
      if (row) await this.#removal.finish(row, operationId);
      return;
    }
    const isInstalled = operation.kind === 'install' && error === null;
    const isEnded = await inTransaction(this.#database, async (manager) => {
      await lockServer(manager, operation.serverId);
      if (!(await endOperation(manager, operationId, error))) return false;
      if (isInstalled) {
        await manager.update(
          ServerEntity,
          { id: operation.serverId, operationId },
          { installedAt: new Date() },
        );
      }
      return true;
    });
    if (!isEnded || !row) return;
    this.#feed.changed(row);
    const now = await findServer(this.#database, row.id);
    if (now) await this.startIfWanted(now);
  }

  /** The node is online: servers may be waiting that were installed while the panel was away. */
  async startWaiting(nodeId: string): Promise<void> {
    const rows = await this.#database
      .getRepository(ServerEntity)
      .findBy({ nodeId, startAfterInstall: true, state: 'stopped' });
    for (const row of rows) await this.startIfWanted(row);
  }

  /** Starts a server that was to start once it is installed; once. */
  async startIfWanted(row: ServerRow): Promise<void> {
    if (!isWaitingToStart(row) || !this.#agents.isOnline(row.nodeId)) return;
    const serverId = row.id;
    const { affected } = await this.#database
      .getRepository(ServerEntity)
      .update({ id: serverId, startAfterInstall: true }, { startAfterInstall: false });
    if (affected !== 1) return;
    await this.#orders.power(serverId, 'start', byPanel).catch((error: unknown) => {
      this.#log.warn({ err: error, serverId }, 'A server was installed but not started');
    });
  }
}

const isWaitingToStart = ({ startAfterInstall, installedAt, state }: ServerRow) =>
  startAfterInstall && installedAt !== null && state === 'stopped';
