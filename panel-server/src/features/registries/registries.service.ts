import { AppError } from '@catalyst/shared/contract/errors';
import type { Page, PageQuery } from '@catalyst/shared/contract/values';
import type { NewRegistry, Registry, RegistryChanges } from '@catalyst/shared/features/registries';
import { isLoopbackRegistry, registryOf } from '@catalyst/shared/features/registry-names';
import type { TrustedRegistry } from '@catalyst/shared/features/server-spec';
import { type DataSource, In, MoreThan } from 'typeorm';
import { v7 as uuid } from 'uuid';
import type { z } from 'zod';
import { isUniqueViolation } from '../../database/database-errors.ts';
import type { SecretBox } from '../../identity/secret-box.ts';
import { RegistryEntity, type RegistryRow } from './registry.entity.ts';

export const registryPlace = (id: string) => `registries/${id}/password`;

/** What agents are told of a registry, and a word that changes with it but says nothing of it. */
export interface StoredRegistry {
  registry: TrustedRegistry;
  version: string;
}

/** The registries that admins trust. A password leaves only towards agents, for an image of exactly this registry. */
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

  async create(body: z.output<typeof NewRegistry>): Promise<Registry> {
    const { host, plainHttp, username = null, password } = body;
    const id = uuid();
    const now = new Date();
    const row: RegistryRow = {
      id,
      host,
      plainHttp: plainHttp || isLoopbackRegistry(host),
      username,
      sealedPassword: password === undefined ? null : this.#secretBox.seal(password, registryPlace(id)),
      version: uuid(),
      createdAt: now,
      updatedAt: now,
    };
    try {
      await this.#rows.insert(row);
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      throw new AppError('conflict', `The registry ${host} is there already; change that one`);
    }
    return describe(row);
  }

  async update(id: string, changes: z.output<typeof RegistryChanges>): Promise<Registry> {
    const row = await this.#row(id);
    if (Object.keys(changes).length === 0) return describe(row);
    const { plainHttp = row.plainHttp, username = row.username, password } = changes;
    const kept = username === null ? null : row.sealedPassword;
    const sealedPassword = password === undefined ? kept : this.#secretBox.seal(password, registryPlace(id));
    requireWholeLogin(username, sealedPassword);
    await this.#rows.update(
      { id },
      {
        plainHttp: plainHttp || isLoopbackRegistry(row.host),
        username,
        sealedPassword,
        version: uuid(),
        updatedAt: new Date(),
      },
    );
    return this.get(id);
  }

  async delete(id: string): Promise<void> {
    const { affected } = await this.#rows.delete({ id });
    if (affected === 0) throw noSuchRegistry();
  }

  /** Those of the registries of these images that an admin trusts. */
  async trustedFor(references: readonly string[]): Promise<StoredRegistry[]> {
    if (references.length === 0) return [];
    const hosts = [...new Set(references.map(registryOf))];
    const rows = await this.#rows.find({ where: { host: In(hosts) }, order: { host: 'ASC' } });
    return rows.map((row) => ({
      registry: { host: row.host, plainHttp: row.plainHttp, login: this.#loginOf(row) },
      version: row.version,
    }));
  }

  #loginOf({ id, host, username, sealedPassword }: RegistryRow): TrustedRegistry['login'] {
    if (username === null || sealedPassword === null) return null;
    try {
      return { username, password: this.#secretBox.open(sealedPassword, registryPlace(id)) };
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

function describe({ id, host, plainHttp, username, createdAt, updatedAt }: RegistryRow): Registry {
  return { id, host, plainHttp, username, createdAt, updatedAt };
}

function requireWholeLogin(username: string | null, sealedPassword: string | null): void {
  if ((username === null) === (sealedPassword === null)) return;
  const missing = username === null ? 'user name' : 'password';
  throw new AppError('invalid_input', `A login is a user name and a password; the ${missing} is missing`, {
    issues: [{ path: username === null ? 'username' : 'password', message: 'must be given' }],
  });
}

const noSuchRegistry = () => new AppError('not_found', 'There is no such registry');
