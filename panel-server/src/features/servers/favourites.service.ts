import type { DataSource } from 'typeorm';
import { type Caller, isPermitted } from '../../access.ts';
import { FavouriteEntity } from './favourite.entity.ts';
import type { ServerIndex } from './server-index.ts';

/** Which servers a person keeps at hand. */
export class FavouritesService {
  readonly #database: DataSource;
  readonly #serverIndex: ServerIndex;

  constructor(parts: { database: DataSource; serverIndex: ServerIndex }) {
    this.#database = parts.database;
    this.#serverIndex = parts.serverIndex;
  }

  /** Those that he may still see, oldest favourite first. */
  async list(caller: Caller): Promise<{ serverIds: string[] }> {
    const rows = await this.#favourites.find({
      where: { userId: caller.userId },
      order: { createdAt: 'ASC', serverId: 'ASC' },
    });
    const visible = rows.filter(({ serverId }) => {
      const place = this.#serverIndex.find(serverId);
      return place !== undefined && isPermitted(caller, 'server.read', place);
    });
    return { serverIds: visible.map(({ serverId }) => serverId) };
  }

  async add(serverId: string, { userId }: Caller): Promise<void> {
    await this.#favourites
      .createQueryBuilder()
      .insert()
      .values({ userId, serverId, createdAt: new Date() })
      .orIgnore()
      .execute();
  }

  async remove(serverId: string, { userId }: Caller): Promise<void> {
    await this.#favourites.delete({ userId, serverId });
  }

  get #favourites() {
    return this.#database.getRepository(FavouriteEntity);
  }
}
