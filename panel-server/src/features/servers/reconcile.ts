import type { ServerSnapshot, serverPanelCalls } from '@catalyst/shared/features/agent-link';
import { isTransitionAllowed } from '@catalyst/shared/features/server-states';
import type { DataSource } from 'typeorm';
import type { z } from 'zod';
import type { Logger } from '../../logger.ts';
import type { AgentLink } from '../../realtime/agent-connection.ts';
import { outcomeByState } from '../operations/deadlines.ts';
import type { OperationRow } from '../operations/operation.entity.ts';
import { openOperationsOf } from '../operations/operations.ts';
import type { OperationEnds } from './operation-ends.ts';
import type { ServerRemoval } from './remove-server.ts';
import { ServerEntity, type ServerRow } from './server.entity.ts';
import type { ServerFeed } from './server-feed.ts';
import { asToFiles, type ServerOrders } from './server-orders.ts';
import type { ServerReports } from './server-reports.ts';
import type { ServerSpecs } from './server-specs.ts';
import { updateUnchanged } from './server-store.ts';
import type { TombstoneRow } from './tombstone.entity.ts';
import { byAgent } from './transitions.ts';

type Snapshot = z.output<(typeof serverPanelCalls)['node_snapshot']['input']>;
type SnapshotOfOne = z.output<typeof ServerSnapshot>;

interface ReconcilerParts {
  database: DataSource;
  reports: ServerReports;
  orders: ServerOrders;
  specs: ServerSpecs;
  ends: OperationEnds;
  removal: ServerRemoval;
  feed: ServerFeed;
  /** The agent has servers that nobody knows. They are left alone. */
  onOrphans(nodeId: string, serverIds: string[]): void;
  log: Logger;
}

/** After any gap: believes what is legal of what the agent has, and gives it again what it has not got. */
export class Reconciler {
  readonly #parts: ReconcilerParts;

  constructor(parts: ReconcilerParts) {
    this.#parts = parts;
  }

  async reconcile(nodeId: string, { servers }: Snapshot, link: AgentLink): Promise<void> {
    const { database, removal } = this.#parts;
    const reported = new Map(servers.map((one) => [one.serverId, one]));
    const operations = await openOperationsOf(database, nodeId);
    const operationOf = new Map(operations.map((operation) => [operation.serverId, operation]));
    for (const row of await database.getRepository(ServerEntity).findBy({ nodeId })) {
      const snapshot = reported.get(row.id);
      reported.delete(row.id);
      const operation = operationOf.get(row.id) ?? null;
      // One server that cannot be put right must not keep the others, and the node, from coming back.
      await this.#one(row, snapshot, operation, link).catch((error: unknown) =>
        this.#parts.log.error({ err: error, nodeId, serverId: row.id }, 'A server was not reconciled'),
      );
    }
    for (const tombstone of await removal.tombstonesOf(nodeId)) {
      const isThere = reported.delete(tombstone.serverId);
      if (!isThere) await removal.forget(tombstone);
      else await this.#removeBuried(tombstone, link);
    }
    if (reported.size > 0) this.#parts.onOrphans(nodeId, [...reported.keys()]);
  }

  async #one(
    row: ServerRow,
    snapshot: SnapshotOfOne | undefined,
    operation: OperationRow | null,
    link: AgentLink,
  ): Promise<void> {
    if (!snapshot) return this.#missing(row, operation, link);
    const { reports, specs, orders, ends } = this.#parts;
    const now = (await reports.snapshot(row.nodeId, snapshot, snapshot.lastEventId)) ?? row;
    await specs.applyOrLater({ ...now, appliedRevision: snapshot.revision }, link);
    if (row.reason === 'data_missing') await this.#found(row);
    if (!operation) return;
    if (operation.status === 'pending' || operation.kind === 'delete') {
      await orders.send(now, operation, link).catch(() => {});
      return;
    }
    const outcome = outcomeByState(operation.kind, snapshot.state);
    // Killed in the midst of wiping a full disk, an agent could not write down that it had begun: its own word counts.
    if (outcome === 'succeeded' && !operation.wipesFirst) await ends.end(row.nodeId, operation.id, null);
    if (outcome === 'failed') {
      const text = snapshot.reasonText ?? `The agent came back with the server ${snapshot.state}`;
      await ends.end(row.nodeId, operation.id, text);
    }
  }

  /** Its files were missing and are back. */
  async #found({ id }: ServerRow): Promise<void> {
    await this.#parts.database.getRepository(ServerEntity).update({ id }, { installedAt: new Date() });
  }

  /** The agent does not know this server: it has never heard of it, has removed it, or has lost it. */
  async #missing(row: ServerRow, operation: OperationRow | null, link: AgentLink): Promise<void> {
    const { database, ends, feed, orders } = this.#parts;
    if (operation?.kind === 'delete') return ends.end(row.nodeId, operation.id, null);
    if (operation?.kind === 'install' && operation.status === 'pending') {
      await orders.send({ ...row, appliedRevision: 0 }, operation, link).catch(() => {});
      return;
    }
    if (operation) await ends.end(row.nodeId, operation.id, 'The node no longer has this server');
    if (row.reason === 'data_missing') return;
    const state = isTransitionAllowed(row.state, 'error', 'panel') ? 'error' : row.state;
    const lost = await updateUnchanged(
      database,
      row,
      {
        state,
        reason: 'data_missing',
        reasonText: 'The node no longer has the files of this server; install it again or restore a backup',
        stateChangedAt: new Date(),
        desiredState: 'stopped',
        appliedRevision: 0,
        installedAt: null,
        startedAt: null,
        nextRestartAt: null,
      },
      byAgent,
    );
    if (lost) feed.stateChanged(row.state, lost);
  }

  async #removeBuried({ serverId, operationId, keepAs }: TombstoneRow, link: AgentLink): Promise<void> {
    const order = { serverId, operationId, deadlineMs: 600_000, ...asToFiles(keepAs) };
    await link
      .call('server_control', { ...order, action: 'remove' })
      .catch((error: unknown) =>
        this.#parts.log.warn({ err: error, serverId }, 'A deleted server was not removed; it is tried again'),
      );
  }
}
