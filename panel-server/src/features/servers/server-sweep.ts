import { isInTransition, type ServerReason } from '@catalyst/shared/features/server-states';
import { type DataSource, In, LessThan } from 'typeorm';
import type { Logger } from '../../logger.ts';
import type { AgentDoor } from '../../realtime/agent-door.ts';
import { stateTimeoutMs } from '../operations/deadlines.ts';
import { OperationEntity, type OperationRow } from '../operations/operation.entity.ts';
import {
  endOperation,
  findOperation,
  isOpen,
  overdueOperations,
  unansweredOperations,
} from '../operations/operations.ts';
import type { Templates } from '../templates/templates.service.ts';
import { ServerEntity, type ServerRow } from './server.entity.ts';
import type { ServerFeed } from './server-feed.ts';
import type { ServerOrders } from './server-orders.ts';
import { findServer, updateUnchanged } from './server-store.ts';
import { byPanel, pruneTransitions } from './transitions.ts';

const unansweredMs = 5000;
const keepOperationsMs = 30 * 24 * 3_600_000;
const pruneEveryMs = 3_600_000;

interface SweepParts {
  database: DataSource;
  agents: AgentDoor;
  templates: Templates;
  orders: ServerOrders;
  feed: ServerFeed;
  log: Logger;
  everyMs: number;
}

/** Sees to it that nothing stays under way for ever: each operation and each passing state has an end. */
export class ServerSweep {
  readonly #parts: SweepParts;
  readonly #timer: NodeJS.Timeout;
  #running: Promise<void> | undefined;
  #prunedAt = 0;

  constructor(parts: SweepParts) {
    this.#parts = parts;
    this.#timer = setInterval(() => {
      this.#running ??= this.#sweepSafely().finally(() => {
        this.#running = undefined;
      });
    }, parts.everyMs).unref();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  async sweep(): Promise<void> {
    const { database, agents, orders } = this.#parts;
    for (const operation of await overdueOperations(database)) await this.#giveUp(operation);
    for (const operation of await unansweredOperations(database, unansweredMs)) {
      const row = agents.isOnline(operation.nodeId) ? await findServer(database, operation.serverId) : null;
      if (row) await orders.send(row, operation).catch(() => {});
    }
    await this.#endOldTransitions();
    await this.#prune();
  }

  async #sweepSafely(): Promise<void> {
    await this.sweep().catch((error: unknown) =>
      this.#parts.log.error({ err: error }, 'The sweep of operations failed; it runs again soon'),
    );
  }

  async #giveUp(operation: OperationRow): Promise<void> {
    const { database, feed } = this.#parts;
    const isOnline = this.#parts.agents.isOnline(operation.nodeId);
    const text = isOnline
      ? `The agent did not finish this (${operation.kind}) in time`
      : `The node went offline before this (${operation.kind}) was finished`;
    if (!(await endOperation(database, operation.id, text))) return;
    const row = await findServer(database, operation.serverId);
    if (!row || row.operationId !== operation.id) return;
    if (isInTransition(row.state)) await this.#fail(row, isOnline ? 'timed_out' : 'node_offline', text);
    feed.changed(row);
  }

  /** States an agent entered by itself (a restart after a crash) have no operation to end them. */
  async #endOldTransitions(): Promise<void> {
    const { database, templates } = this.#parts;
    const rows = await database
      .getRepository(ServerEntity)
      .findBy({ state: In(['starting', 'stopping', 'installing']) });
    for (const row of rows) {
      const timeoutMs = stateTimeoutMs(row.state, templates.find(row.templateId));
      if (timeoutMs === null || Date.now() - row.stateChangedAt.getTime() < timeoutMs) continue;
      if (isOpen(await findOperation(database, row.operationId))) continue;
      await this.#fail(row, 'timed_out', `The server was ${row.state} for too long`);
    }
  }

  async #fail(row: ServerRow, reason: ServerReason, reasonText: string): Promise<void> {
    const changes = { state: 'error', reason, reasonText, stateChangedAt: new Date() } as const;
    const failed = await updateUnchanged(this.#parts.database, row, changes, byPanel);
    if (failed) this.#parts.feed.stateChanged(row.state, failed);
  }

  async #prune(): Promise<void> {
    if (Date.now() - this.#prunedAt < pruneEveryMs) return;
    this.#prunedAt = Date.now();
    await pruneTransitions(this.#parts.database);
    const before = LessThan(new Date(Date.now() - keepOperationsMs));
    await this.#parts.database
      .getRepository(OperationEntity)
      .delete({ status: In(['succeeded', 'failed']), finishedAt: before });
  }
}
