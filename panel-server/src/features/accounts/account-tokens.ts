import { hash } from 'node:crypto';
import { AppError } from '@catalyst/shared/contract/errors';
import { randomToken } from '@catalyst/shared/node/random-token';
import { type DataSource, type EntityManager, LessThan } from 'typeorm';
import { v7 as uuid } from 'uuid';
import type { SecretBox } from '../../identity/secret-box.ts';
import type { Logger } from '../../logger.ts';
import { AccountTokenEntity, type AccountTokenRow, type TokenPurpose } from './account-token.entity.ts';

const pruneEveryMs = 3_600_000;

interface NewToken {
  lifetimeMs: number;
  userId?: string;
  email?: string;
  /** What its use needs to know; sealed in the database. */
  data?: Record<string, unknown>;
}

export interface KnownToken<Data>
  extends Pick<AccountTokenRow, 'id' | 'userId' | 'email' | 'createdAt' | 'expiresAt'> {
  data: Data;
}

/** Tokens that work once: of links in mails, of second steps, of ceremonies with browsers. 256 random bits, hashed at rest. */
export class AccountTokens {
  readonly #database: DataSource;
  readonly #box: SecretBox;
  readonly #log: Logger;
  readonly #pruning: NodeJS.Timeout;

  constructor(database: DataSource, box: SecretBox, log: Logger) {
    this.#database = database;
    this.#box = box;
    this.#log = log;
    this.#pruning = setInterval(() => void this.#prune(), pruneEveryMs).unref();
  }

  async issue(
    purpose: TokenPurpose,
    { lifetimeMs, userId, email, data }: NewToken,
    manager: EntityManager = this.#database.manager,
  ): Promise<{ id: string; token: string; expiresAt: Date }> {
    const token = randomToken();
    const id = uuid();
    const now = Date.now();
    const expiresAt = new Date(now + lifetimeMs);
    await manager.insert(AccountTokenEntity, {
      id,
      purpose,
      tokenHash: tokenHash(token),
      userId: userId ?? null,
      email: email ?? null,
      sealedData: data ? this.#box.seal(JSON.stringify(data), tokenDataPlace(id)) : null,
      createdAt: new Date(now),
      expiresAt,
    });
    return { id, token, expiresAt };
  }

  /** Undefined when there is none, it is for something else, was used, or has run out. */
  async find<Data = undefined>(purpose: TokenPurpose, token: string): Promise<KnownToken<Data> | undefined> {
    const row = await this.#database
      .getRepository(AccountTokenEntity)
      .findOneBy({ tokenHash: tokenHash(token), purpose });
    return this.#known<Data>(row);
  }

  /** As `find`, and of all who come with it only one gets it. Inside a transaction it is used up when that succeeds. */
  async take<Data = undefined>(
    purpose: TokenPurpose,
    token: string,
    manager: EntityManager = this.#database.manager,
  ): Promise<KnownToken<Data> | undefined> {
    const row = await manager.findOneBy(AccountTokenEntity, { tokenHash: tokenHash(token), purpose });
    const known = this.#known<Data>(row);
    if (!known) return undefined;
    const { affected } = await manager.delete(AccountTokenEntity, { id: known.id });
    return affected === 1 ? known : undefined;
  }

  async revokeOf(userId: string, purpose: TokenPurpose, manager = this.#database.manager): Promise<void> {
    await manager.delete(AccountTokenEntity, { userId, purpose });
  }

  dataOf<Data>({ id, sealedData }: AccountTokenRow): Data {
    if (sealedData === null) return undefined as Data;
    try {
      return JSON.parse(this.#box.open(sealedData, tokenDataPlace(id)));
    } catch (cause) {
      throw new AppError('conflict', 'What this link was made for cannot be read any more; make another', {
        cause,
      });
    }
  }

  close(): void {
    clearInterval(this.#pruning);
  }

  #known<Data>(row: AccountTokenRow | null): KnownToken<Data> | undefined {
    if (!row || row.expiresAt.getTime() <= Date.now()) return undefined;
    const { id, userId, email, createdAt, expiresAt } = row;
    return { id, userId, email, createdAt, expiresAt, data: this.dataOf<Data>(row) };
  }

  async #prune(): Promise<void> {
    try {
      await this.#database.getRepository(AccountTokenEntity).delete({ expiresAt: LessThan(new Date()) });
    } catch (err) {
      this.#log.warn({ err }, 'Expired tokens were not removed');
    }
  }
}

export const tokenDataPlace = (id: string) => `account_tokens/${id}/data`;
/** The token has 256 random bits, so a fast hash protects it. */
const tokenHash = (token: string) => hash('sha256', token, 'hex');
