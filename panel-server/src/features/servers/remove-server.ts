import type { DataSource, EntityManager } from 'typeorm';
import { inTransaction } from '../../database/sqlite-gate.ts';
import type { Revocations } from '../../revocations.ts';
import { NetworkAddressEntity } from '../networks/network-address.entity.ts';
import { OperationEntity, type OperationRow } from '../operations/operation.entity.ts';
import { endOperation, isOpen } from '../operations/operations.ts';
import { AllocationEntity } from './allocation.entity.ts';
import { ServerEntity, type ServerRow } from './server.entity.ts';
import type { ServerFeed } from './server-feed.ts';
import type { ServerIndex } from './server-index.ts';
import { lockServer, tooLate } from './server-store.ts';
import { TombstoneEntity, type TombstoneRow } from './tombstone.entity.ts';

/** Takes servers out of the database, in the two ways there are. */
export class ServerRemoval {
  readonly #database: DataSource;
  readonly #serverIndex: ServerIndex;
  readonly #feed: ServerFeed;
  readonly #revocations: Revocations;

  constructor(parts: {
    database: DataSource;
    serverIndex: ServerIndex;
    feed: ServerFeed;
    revocations: Revocations;
  }) {
    this.#database = parts.database;
    this.#serverIndex = parts.serverIndex;
    this.#feed = parts.feed;
    this.#revocations = parts.revocations;
  }

  /** The agent has removed it: nothing of it is left, and its ports are free. */
  async finish(row: ServerRow, operationId: string): Promise<void> {
    await inTransaction(this.#database, async (manager) => {
      await lockServer(manager, row.id);
      await endOperation(manager, operationId, null);
      await releaseAll(manager, row.id);
      await manager.delete(ServerEntity, { id: row.id });
    });
    this.#gone(row);
  }

  /** Its node is away: it is gone for people, and a tombstone keeps its ports until the agent has removed it. */
  async bury(row: ServerRow, current: OperationRow | null, operation: OperationRow): Promise<void> {
    await inTransaction(this.#database, async (manager) => {
      const { affected } = await manager.delete(ServerEntity, { id: row.id, state: row.state });
      if (affected !== 1) throw tooLate();
      if (isOpen(current)) await endOperation(manager, current.id, 'The server was deleted');
      await manager.insert(OperationEntity, operation);
      await manager.insert(TombstoneEntity, {
        serverId: row.id,
        nodeId: row.nodeId,
        operationId: operation.id,
        deletedAt: new Date(),
        keepAs: operation.keepAs,
      });
    });
    this.#gone(row);
  }

  tombstonesOf(nodeId: string): Promise<TombstoneRow[]> {
    return this.#database.getRepository(TombstoneEntity).findBy({ nodeId });
  }

  findTombstone(operationId: string): Promise<TombstoneRow | null> {
    return this.#database.getRepository(TombstoneEntity).findOneBy({ operationId });
  }

  /** The agent has removed what was buried. */
  async forget({ serverId, operationId }: TombstoneRow): Promise<void> {
    await inTransaction(this.#database, async (manager) => {
      await endOperation(manager, operationId, null);
      await releaseAll(manager, serverId);
      await manager.delete(TombstoneEntity, { serverId });
    });
  }

  #gone(row: ServerRow): void {
    // Those it was shared with are told before that is forgotten.
    this.#feed.changed(row, true);
    this.#serverIndex.remove(row.id);
    this.#revocations.emit({ kind: 'server', serverId: row.id, reason: 'The server was deleted' });
  }
}

async function releaseAll(manager: EntityManager, serverId: string): Promise<void> {
  await manager.delete(AllocationEntity, { serverId });
  await manager.delete(NetworkAddressEntity, { serverId });
}
