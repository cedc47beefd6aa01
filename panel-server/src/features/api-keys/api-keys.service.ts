import { AppError } from '@catalyst/shared/contract/errors';
import type { Page, PageQuery } from '@catalyst/shared/contract/values';
import type { ApiKey, ApiKeyChanges, CreatedApiKey, NewApiKey } from '@catalyst/shared/features/api-keys';
import { randomToken } from '@catalyst/shared/node/random-token';
import { type DataSource, MoreThan } from 'typeorm';
import { v7 as uuid } from 'uuid';
import type { z } from 'zod';
import type { Caller } from '../../access.ts';
import { inTransaction } from '../../database/sqlite-gate.ts';
import type { Revocations } from '../../revocations.ts';
import { assertOutranks } from '../users/granting.ts';
import { lockUser } from '../users/lock-user.ts';
import type { UsersService } from '../users/users.service.ts';
import { ApiKeyEntity, type ApiKeyRow } from './api-key.entity.ts';
import { type ApiKeyStore, keyHash } from './api-key-store.ts';

const maxPerUser = 50;
/** Of the random part, so many characters are shown. */
const shownLength = 'catalyst_'.length + 6;

interface ApiKeysParts {
  database: DataSource;
  users: UsersService;
  apiKeys: ApiKeyStore;
  revocations: Revocations;
}

/** The keys of programs. What a key may do is decided when it asks: its scopes, and what its owner may do then. */
export class ApiKeysService {
  readonly #parts: ApiKeysParts;

  constructor(parts: ApiKeysParts) {
    this.#parts = parts;
  }

  /** Of one user, or of all when `userId` is left out. */
  async list({ limit, cursor, userId }: PageQuery & { userId?: string | undefined }): Promise<Page<ApiKey>> {
    const rows = await this.#rows.find({
      where: {
        ...(userId !== undefined && { userId }),
        ...(cursor !== undefined && { id: MoreThan(cursor) }),
      },
      order: { id: 'ASC' },
      take: limit + 1,
    });
    const items = await this.#describe(rows.slice(0, limit));
    return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
  }

  /** The key itself exists only in the answer. */
  async create(
    input: z.output<typeof NewApiKey>,
    { userId }: Caller,
  ): Promise<z.output<typeof CreatedApiKey>> {
    assertInFuture(input.expiresAt);
    const key = `catalyst_${randomToken()}`;
    const row: ApiKeyRow = {
      ...input,
      id: uuid(),
      userId,
      prefix: key.slice(0, shownLength),
      keyHash: keyHash(key),
      lastUsedAt: null,
      lastUsedIp: null,
      createdAt: new Date(),
    };
    await inTransaction(this.#parts.database, async (manager) => {
      // Of two who make the last key that is allowed, one waits for the other.
      await lockUser(manager, userId);
      if ((await manager.countBy(ApiKeyEntity, { userId })) >= maxPerUser) {
        throw new AppError('limit_reached', `At most ${maxPerUser} keys; revoke one that is not needed`);
      }
      await manager.insert(ApiKeyEntity, row);
    });
    const [described] = await this.#describe([row]);
    return { ...(described as ApiKey), key };
  }

  async update(id: string, changes: z.output<typeof ApiKeyChanges>, caller: Caller): Promise<ApiKey> {
    const { apiKeys, revocations } = this.#parts;
    await this.#requireMayChange(id, caller);
    assertInFuture(changes.expiresAt ?? null);
    if (Object.keys(changes).length > 0) await this.#rows.update({ id }, changes);
    await apiKeys.refresh(id);
    revocations.emit({ kind: 'rights', keyId: id, reason: 'The key was changed' });
    const [described] = await this.#describe(await this.#rows.findBy({ id }));
    if (!described) throw noSuchKey();
    return described;
  }

  async revoke(id: string, caller: Caller): Promise<void> {
    await this.#requireMayChange(id, caller);
    const { affected } = await this.#rows.delete({ id });
    if (affected !== 1) throw noSuchKey();
    this.#parts.revocations.emit({ kind: 'session', sessionId: id, reason: 'The key was revoked' });
  }

  /** Throws `not_found` unless the key is the caller's own. */
  async requireOwn(id: string, { userId }: Caller): Promise<void> {
    if (!(await this.#rows.existsBy({ id, userId }))) throw noSuchKey();
  }

  /** What it is called, for the record. */
  async nameOf(id: string): Promise<string | undefined> {
    return (await this.#rows.findOneBy({ id }))?.name;
  }

  async #requireMayChange(id: string, caller: Caller): Promise<void> {
    const row = await this.#rows.findOneBy({ id });
    if (!row) throw noSuchKey();
    if (row.userId === caller.userId) return;
    const owner = await this.#parts.users.find(row.userId);
    if (owner) assertOutranks(caller, owner.role.permissions);
  }

  async #describe(rows: readonly ApiKeyRow[]): Promise<ApiKey[]> {
    const names = await this.#parts.users.names([...new Set(rows.map(({ userId }) => userId))]);
    return rows.map(({ userId, keyHash: _hash, ...row }) => ({
      ...row,
      owner: { id: userId, name: names.get(userId) ?? '' },
    }));
  }

  get #rows() {
    return this.#parts.database.getRepository(ApiKeyEntity);
  }
}

function assertInFuture(expiresAt: Date | null): void {
  if (expiresAt === null || expiresAt.getTime() > Date.now()) return;
  throw new AppError('invalid_input', 'The key would have expired already', {
    issues: [{ path: 'expiresAt', message: 'must be in the future' }],
  });
}

const noSuchKey = () => new AppError('not_found', 'There is no such key');
