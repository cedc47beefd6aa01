import { hash } from 'node:crypto';
import { AppError } from '@catalyst/shared/contract/errors';
import { type DataSource, In, IsNull, LessThan } from 'typeorm';
import type { RateLimits } from '../../config.ts';
import { inTransaction } from '../../database/sqlite-gate.ts';
import { addressGroup } from '../../http/client-address.ts';
import type { Asker } from './passwords.ts';
import { SignInRecordEntity, type SignInRecordRow } from './sign-in-record.entity.ts';

const firstBlockMs = 60_000;
const longestBlockMs = 15 * 60_000;
/** Without a further failure for so long, earlier ones are forgotten. */
const memoryMs = 30 * 60_000;
/** Whoever signed in from an address is known there for so long. */
const knownMs = 90 * 24 * 60 * 60_000;

interface Limit {
  id: string;
  limit: number;
}

/** What this process knows of one limit beyond the database. */
interface UnderWay {
  /** Attempts that are waiting or running. */
  attempts: number;
  /** Those of them that run, so that their outcome is not known yet. */
  undecided: number;
  /** Grows with each outcome; what was read before is out of date. */
  outcomes: number;
  waiting: (() => void)[];
}

/**
 * Counts failed attempts per address, and per account and address, so that an attacker cannot lock the owner out from
 * elsewhere. Past the limit each further failure doubles the wait. The counts are in the database.
 */
export class SignInLimiter {
  readonly #database: DataSource;
  readonly #limits: RateLimits;
  readonly #underWay = new Map<string, UnderWay>();

  constructor(database: DataSource, limits: RateLimits) {
    this.#database = database;
    this.#limits = limits;
  }

  /**
   * Runs `check` unless there were too many failures; `undefined` from it is one more. `account` names what is tried:
   * an account, or a door that many come through (`reset`). With `everywhere`, failures from all addresses count as well:
   * only for doors behind another that strangers do not get through, as it locks the owner out too. With `remembers`, who
   * succeeds is known to later checks of the same account from the same address.
   */
  async attempt<T>(
    ip: string,
    account: string,
    check: (asker: Asker) => Promise<T | undefined>,
    { everywhere = false, remembers = false } = {},
  ): Promise<T | undefined> {
    const keys = this.#keys(ip, account);
    if (everywhere) keys.push({ id: `everywhere ${account}`, limit: this.#limits.signInFailuresPerAddress });
    return this.#attempt(keys, check, remembers);
  }

  /** Counts a use of a door where every use costs something, as it sends a mail or makes an account. */
  async spend(ip: string, door: string): Promise<void> {
    const id = `${door} ${addressGroup(ip)}`;
    await this.#attempt([{ id, limit: this.#limits.accountRequestsPerAddress }], async () => undefined);
  }

  async #attempt<T>(
    keys: Limit[],
    check: (asker: Asker) => Promise<T | undefined>,
    remembers = false,
  ): Promise<T | undefined> {
    const underWay = keys.map(({ id }) => this.#arrive(id));
    try {
      const asker = await this.#admit(keys, underWay);
      let result: T | undefined;
      try {
        result = await check(asker);
        if (result === undefined) await this.#countFailure(keys);
        else await this.#recordSuccess(keys[0]?.id as string, remembers);
      } finally {
        for (const entry of underWay) decide(entry);
      }
      return result;
    } finally {
      for (const { id } of keys) this.#depart(id);
    }
  }

  /** Forgets what is too old to count. */
  async prune(): Promise<void> {
    const now = Date.now();
    const lastAttemptAt = LessThan(new Date(now - memoryMs - longestBlockMs));
    const records = this.#database.getRepository(SignInRecordEntity);
    await records.delete({ lastAttemptAt, lastSuccessAt: IsNull() });
    await records.delete({ lastAttemptAt, lastSuccessAt: LessThan(new Date(now - knownMs)) });
  }

  #keys(ip: string, account: string): Limit[] {
    const address = addressGroup(ip);
    return [
      { id: hash('sha256', `${account}\n${address}`), limit: this.#limits.signInFailuresPerAccount },
      { id: `address ${address}`, limit: this.#limits.signInFailuresPerAddress },
    ];
  }

  /** Refuses when blocked; waits while the attempts that run could use up what is left. */
  async #admit(keys: Limit[], underWay: UnderWay[]): Promise<Asker> {
    let asker: Asker;
    for (;;) {
      const seen = underWay.map(({ outcomes }) => outcomes);
      const rows = await this.#database
        .getRepository(SignInRecordEntity)
        .findBy({ id: In(keys.map(({ id }) => id)) });
      if (underWay.some(({ outcomes }, index) => outcomes !== seen[index])) continue;
      const now = Date.now();
      const blockedUntil = Math.max(0, ...rows.map((row) => row.blockedUntil?.getTime() ?? 0));
      if (blockedUntil > now) throw tooMany(blockedUntil - now);
      const full = underWay.find(({ undecided }, index) => {
        const { id, limit } = keys[index] as Limit;
        const row = rows.find((candidate) => candidate.id === id);
        return undecided >= Math.max(1, limit - countOf(row, now));
      });
      const knownAt = rows.find(({ id }) => id === keys[0]?.id)?.lastSuccessAt;
      asker = knownAt && now - knownAt.getTime() < knownMs ? 'known' : 'stranger';
      if (!full) break;
      await new Promise<void>((resolve) => full.waiting.push(resolve));
    }
    for (const entry of underWay) entry.undecided += 1;
    return asker;
  }

  #arrive(id: string): UnderWay {
    const entry = this.#underWay.get(id) ?? { attempts: 0, undecided: 0, outcomes: 0, waiting: [] };
    entry.attempts += 1;
    this.#underWay.set(id, entry);
    return entry;
  }

  #depart(id: string): void {
    const entry = this.#underWay.get(id);
    if (!entry) return;
    entry.attempts -= 1;
    if (entry.attempts === 0) this.#underWay.delete(id);
  }

  async #recordSuccess(id: string, remembers: boolean): Promise<void> {
    const records = this.#database.getRepository(SignInRecordEntity);
    const now = new Date();
    if (remembers) await records.upsert({ id, ...blank, lastAttemptAt: now, lastSuccessAt: now }, ['id']);
    else await records.delete({ id });
  }

  async #countFailure(keys: Limit[]): Promise<void> {
    await inTransaction(this.#database, async (manager) => {
      const now = Date.now();
      for (const { id, limit } of keys) {
        const fresh = { id, ...blank, lastAttemptAt: new Date(now) };
        await manager
          .createQueryBuilder()
          .insert()
          .into(SignInRecordEntity)
          .values(fresh)
          .orIgnore()
          .execute();
        // On Postgres two failures at once would both add one to the same number.
        const lock =
          this.#database.options.type === 'postgres' ? { mode: 'pessimistic_write' as const } : undefined;
        const row = await manager.findOneOrFail(SignInRecordEntity, { where: { id }, lock });
        const failures = countOf(row, now) + 1;
        const blockedUntil = blockUntil(failures - limit, now);
        await manager.update(
          SignInRecordEntity,
          { id },
          { failures, lastAttemptAt: new Date(now), blockedUntil },
        );
      }
    });
  }
}

const blank = { failures: 0, lastSuccessAt: null, blockedUntil: null };

function decide(entry: UnderWay): void {
  entry.undecided -= 1;
  entry.outcomes += 1;
  for (const resume of entry.waiting.splice(0)) resume();
}

const countOf = (row: SignInRecordRow | undefined, now: number) =>
  row && now - row.lastAttemptAt.getTime() < memoryMs ? row.failures : 0;

function blockUntil(failuresPastLimit: number, now: number): Date | null {
  if (failuresPastLimit < 0) return null;
  return new Date(now + Math.min(longestBlockMs, firstBlockMs * 2 ** Math.min(failuresPastLimit, 10)));
}

const tooMany = (waitMs: number) =>
  new AppError('rate_limited', `Too many failed attempts. Try again in ${Math.ceil(waitMs / 60_000)} min`, {
    retryAfterSeconds: Math.ceil(waitMs / 1000),
  });
