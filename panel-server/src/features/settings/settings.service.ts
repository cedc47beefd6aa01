import type { DataSource, EntityManager } from 'typeorm';
import { SettingEntity } from './setting.entity.ts';

/** Named values that people or the panel itself set while it runs. */
export class SettingsService {
  readonly #database: DataSource;

  constructor(database: DataSource) {
    this.#database = database;
  }

  /** Undefined when it was never set. */
  async get(name: string): Promise<unknown> {
    const row = await this.#database.getRepository(SettingEntity).findOneBy({ name });
    return row?.value;
  }

  async set(name: string, value: unknown): Promise<void> {
    const row = { name, value, updatedAt: new Date() };
    await this.#database.getRepository(SettingEntity).upsert(row as never, ['name']);
  }

  /** Sets a value that may be set only once; a unique violation tells the one who came second. */
  async claim(name: string, value: unknown, manager: EntityManager): Promise<void> {
    await manager.insert(SettingEntity, { name, value, updatedAt: new Date() } as never);
  }
}
