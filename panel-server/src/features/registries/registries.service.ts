import { AppError } from '@catalyst/shared/contract/errors';
import type { Page, PageQuery } from '@catalyst/shared/contract/values';
import {
  type NewRegistry,
  type Registry,
  type RegistryChanges,
  registryOf,
} from '@catalyst/shared/features/registries';
import type { RegistryLogin } from '@catalyst/shared/features/server-spec';
import { type DataSource, MoreThan } from 'typeorm';
import { v7 as uuid } from 'uuid';
import type { z } from 'zod';
import { isUniqueViolation } from '../../database/database-errors.ts';
import type { SecretBox } from '../../identity/secret-box.ts';
import { RegistryEntity, type RegistryRow } from './registry.entity.ts';

const placeOf = (id: string) => `registries/${id}/password`;

/** A login, and a word that changes with it but says nothing of it. */
export interface StoredLogin {
  login: RegistryLogin;
  version: string;
}

/** The logins of private registries. A password leaves only towards agents, for an image of exactly this registry. */
export class RegistriesService {
  readonly #database: DataSource;
  readonly #secretBox: SecretBox;

  constructor({ database, secretBox }: { database: DataSource; secretBox: SecretBox }) {
    this.#database = database;
    this.#secretBox = secretBox;
  }

  async list({ limit, cursor }: PageQuery): Promise<Page<Registry>> {
    const rows = await this.#rows.find({
      where: cursor === undefined ? {} : { id: MoreThan(cursor) },
      order: { id: 'ASC' },
      take: limit + 1,
    });
    const items = rows.slice(0, limit).map(describe);
    return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
  }

  async get(id: string): Promise<Registry> {
    return describe(await this.#row(id));
  }

  async create({ host, username, password }: z.output<typeof NewRegistry>): Promise<Registry> {
    const id = uuid();
    const now = new Date();
    const row: RegistryRow = {
      id,
      host,
      username,
      sealedPassword: this.#secretBox.seal(password, placeOf(id)),
      version: uuid(),
      createdAt: now,
      updatedAt: now,
    };
    try {
      await this.#rows.insert(row);
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      throw new AppError('conflict', `There is a login for ${host} already; change that one`);
    }
    return describe(row);
  }

  async update(id: string, { username, password }: z.output<typeof RegistryChanges>): Promise<Registry> {
    const row = await this.#row(id);
    const changes = {
      ...(username !== undefined && { username }),
      ...(password !== undefined && { sealedPassword: this.#secretBox.seal(password, placeOf(id)) }),
    };
    if (Object.keys(changes).length === 0) return describe(row);
    await this.#rows.update({ id }, { ...changes, version: uuid(), updatedAt: new Date() });
    return this.get(id);
  }

  async delete(id: string): Promise<void> {
    const { affected } = await this.#rows.delete({ id });
    if (affected === 0) throw noSuchRegistry();
  }

  /** What the registry of this image asks for; null for a public one. */
  async loginFor(reference: string): Promise<StoredLogin | null> {
    const row = await this.#rows.findOneBy({ host: registryOf(reference) });
    if (!row) return null;
    const login = { registry: row.host, username: row.username, password: this.#open(row) };
    return { login, version: row.version };
  }

  #open({ id, host, sealedPassword }: RegistryRow): string {
    try {
      return this.#secretBox.open(sealedPassword, placeOf(id));
    } catch (cause) {
      const sentence = `The stored password for ${host} cannot be read with this panel's key; enter it again in the settings`;
      throw new AppError('conflict', sentence, { cause });
    }
  }

  async #row(id: string): Promise<RegistryRow> {
    const row = await this.#rows.findOneBy({ id });
    if (!row) throw noSuchRegistry();
    return row;
  }

  get #rows() {
    return this.#database.getRepository(RegistryEntity);
  }
}

function describe({ id, host, username, createdAt, updatedAt }: RegistryRow): Registry {
  return { id, host, username, createdAt, updatedAt };
}

const noSuchRegistry = () => new AppError('not_found', 'There is no such registry');
