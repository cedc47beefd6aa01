import { hash } from 'node:crypto';
import { AppError } from '@catalyst/shared/contract/errors';
import { type DataSource, In, LessThan } from 'typeorm';
import type { RateLimits } from '../../config.ts';
import { inTransaction } from '../../database/sqlite-gate.ts';
import { addressGroup } from '../../http/client-address.ts';
import { SignInFailureEntity, type SignInFailureRow } from './sign-in-failure.entity.ts';

const firstBlockMs = 60_000;
const longestBlockMs = 15 * 60_000;
/** Without a further failure for so long, earlier ones are forgotten. */
const memoryMs = 30 * 60_000;

interface Limit {
  id: string;
  limit: number;
}

/**
 * Counts failed attempts per address, and per account and address, so that an attacker cannot lock the owner out from
 * elsewhere. Past the limit each further failure doubles the wait. The counts are in the database.
 */
export class SignInLimiter {
  readonly #database: DataSource;
  readonly #limits: RateLimits;
  /** Attempts whose outcome is not known yet, and who waits for it. */
  readonly #undecided = new Map<string, { count: number; waiting: (() => void)[] }>();

  constructor(database: DataSource, limits: RateLimits) {
    this.#database = database;
    this.#limits = limits;
  }

  /** Runs `check` unless there were too many failures; `undefined` from it is one more. */
  async attempt<T>(ip: string, account: string, check: () => Promise<T | undefined>): Promise<T | undefined> {
    const keys = this.#keys(ip, account);
    await this.#enter(keys);
    let result: T | undefined;
    try {
      result = await check();
      if (result === undefined) await this.#countFailure(keys);
    } finally {
      this.#leave(keys);
    }
    if (result !== undefined)
      await this.#database.getRepository(SignInFailureEntity).delete({ id: keys[0]?.id });
    return result;
  }

  /** Forgets what is too old to count. */
  async prune(): Promise<void> {
    const old = new Date(Date.now() - memoryMs - longestBlockMs);
    await this.#database.getRepository(SignInFailureEntity).delete({ lastFailureAt: LessThan(old) });
  }

  #keys(ip: string, account: string): Limit[] {
    const address = addressGroup(ip);
    return [
      { id: hash('sha256', `${account}\n${address}`), limit: this.#limits.signInFailuresPerAccount },
      { id: `address ${address}`, limit: this.#limits.signInFailuresPerAddress },
    ];
  }

  /** Refuses when blocked; waits while the attempts under way could use up what is left. */
  async #enter(keys: Limit[]): Promise<void> {
    for (;;) {
      const rows = await this.#database
        .getRepository(SignInFailureEntity)
        .findBy({ id: In(keys.map(({ id }) => id)) });
      const now = Date.now();
      const blockedUntil = Math.max(0, ...rows.map((row) => row.blockedUntil?.getTime() ?? 0));
      if (blockedUntil > now) throw tooMany(blockedUntil - now);
      const full = keys.find((key) => {
        const row = rows.find(({ id }) => id === key.id);
        const left = Math.max(1, key.limit - countOf(row, now));
        return (this.#undecided.get(key.id)?.count ?? 0) >= left;
      });
      if (!full) break;
      await new Promise<void>((resolve) => this.#undecided.get(full.id)?.waiting.push(resolve));
    }
    for (const { id } of keys) {
      const entry = this.#undecided.get(id) ?? { count: 0, waiting: [] };
      entry.count += 1;
      this.#undecided.set(id, entry);
    }
  }

  #leave(keys: Limit[]): void {
    for (const { id } of keys) {
      const entry = this.#undecided.get(id);
      if (!entry) continue;
      entry.count -= 1;
      if (entry.count === 0) this.#undecided.delete(id);
      for (const resume of entry.waiting.splice(0)) resume();
    }
  }

  async #countFailure(keys: Limit[]): Promise<void> {
    await inTransaction(this.#database, async (manager) => {
      const now = Date.now();
      for (const { id, limit } of keys) {
        const row = await manager.findOneBy(SignInFailureEntity, { id });
        const failures = countOf(row ?? undefined, now) + 1;
        await manager.upsert(
          SignInFailureEntity,
          { id, failures, lastFailureAt: new Date(now), blockedUntil: blockUntil(failures - limit, now) },
          ['id'],
        );
      }
    });
  }
}

const countOf = (row: SignInFailureRow | undefined, now: number) =>
  row && now - row.lastFailureAt.getTime() < memoryMs ? row.failures : 0;

function blockUntil(failuresPastLimit: number, now: number): Date | null {
  if (failuresPastLimit < 0) return null;
  return new Date(now + Math.min(longestBlockMs, firstBlockMs * 2 ** Math.min(failuresPastLimit, 10)));
}

const tooMany = (waitMs: number) =>
  new AppError('rate_limited', `Too many failed attempts. Try again in ${Math.ceil(waitMs / 60_000)} min`, {
    retryAfterSeconds: Math.ceil(waitMs / 1000),
  });
