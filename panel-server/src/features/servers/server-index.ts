import { type Grants, grantsOf } from '@catalyst/shared/contract/permissions';
import type { DataSource } from 'typeorm';
import type { ServerPlace } from '../../access.ts';
import { SubuserEntity } from '../subusers/subuser.entity.ts';
import { ServerEntity, type ServerRow } from './server.entity.ts';

interface KnownServer extends ServerPlace {
  name: string;
  subusers: Map<string, Grants>;
}

type IndexedRow = Pick<ServerRow, 'id' | 'name' | 'nodeId' | 'ownerId' | 'suspendedAt'>;
const indexed = { id: true, name: true, nodeId: true, ownerId: true, suspendedAt: true } as const;

/**
 * What every server is called, where it is, whose it is and with whom it is shared, in memory: asked for each console
 * batch and each request.
 */
export class ServerIndex {
  readonly #database: DataSource;
  readonly #servers = new Map<string, KnownServer>();

  constructor(database: DataSource) {
    this.#database = database;
  }

  static async load(database: DataSource): Promise<ServerIndex> {
    const index = new ServerIndex(database);
    for (const row of await database.getRepository(ServerEntity).find({ select: indexed })) index.add(row);
    for (const subuser of await database.getRepository(SubuserEntity).find()) index.share(subuser);
    return index;
  }

  find(serverId: string): KnownServer | undefined {
    return this.#servers.get(serverId);
  }

  /** Of a row that was just read, also when it is no longer here. */
  placeOf(row: IndexedRow): ServerPlace {
    return this.find(row.id) ?? { ...row, isSuspended: row.suspendedAt !== null, subusers: new Map() };
  }

  /** Also when something of it has changed. */
  add({ id, name, nodeId, ownerId, suspendedAt }: IndexedRow): void {
    const subusers = this.#servers.get(id)?.subusers ?? new Map();
    this.#servers.set(id, { name, nodeId, ownerId, isSuspended: suspendedAt !== null, subusers });
  }

  /** Also when the rights have changed. */
  share({
    serverId,
    userId,
    permissions,
  }: {
    serverId: string;
    userId: string;
    permissions: string[];
  }): void {
    this.#servers.get(serverId)?.subusers.set(userId, grantsOf(permissions));
  }

  unshare(serverId: string, userId: string): void {
    this.#servers.get(serverId)?.subusers.delete(userId);
  }

  /** As it is in the database now, where another panel may have changed it. */
  async refresh(serverId: string): Promise<void> {
    const row = await this.#database
      .getRepository(ServerEntity)
      .findOne({ where: { id: serverId }, select: indexed });
    const subusers = await this.#database.getRepository(SubuserEntity).findBy({ serverId });
    this.remove(serverId);
    if (row) this.add(row);
    for (const subuser of subusers) this.share(subuser);
  }

  on(nodeId: string): { id: string; ownerId: string; nodeId: string }[] {
    return [...this.#servers].flatMap(([id, place]) =>
      place.nodeId === nodeId ? { id, nodeId, ownerId: place.ownerId } : [],
    );
  }

  /** The servers that are shared with somebody. */
  sharedWith(userId: string): string[] {
    return [...this.#servers].flatMap(([id, { subusers }]) => (subusers.has(userId) ? id : []));
  }

  remove(serverId: string): void {
    this.#servers.delete(serverId);
  }
}
