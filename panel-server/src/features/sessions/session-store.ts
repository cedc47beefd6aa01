import { hash } from 'node:crypto';
import { AppError } from '@catalyst/shared/contract/errors';
import { randomToken } from '@catalyst/shared/node/random-token';
import type { DataSource } from 'typeorm';
import { LessThan, MoreThan, Not } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { Caller } from '../../access.ts';
import { inTransaction } from '../../database/sqlite-gate.ts';
import type { Logger } from '../../logger.ts';
import type { Revocation, Revocations } from '../../revocations.ts';
import { lockUser } from '../users/lock-user.ts';
import { UserEntity } from '../users/user.entity.ts';
import type { UsersService, UserWithRole } from '../users/users.service.ts';
import { SessionEntity, type SessionRow } from './session.entity.ts';

const lifetimeMs = 24 * 3_600_000;
const noteUseEveryMs = 60_000;
const pruneEveryMs = 3_600_000;
/** How long a proof of who sits there holds for dangerous actions. */
const proofMs = 10 * 60_000;

/** Whose browser or program it is, as it says itself. */
export interface Client {
  ip: string;
  userAgent: string;
}

interface Remembered {
  caller: Caller;
  lastUsedAt: number;
  checkedAt: number;
}

/** Tokens and who they stand for. Asked at every request, so what was read once is kept until it is revoked. */
export class SessionStore {
  readonly #database: DataSource;
  readonly #users: UsersService;
  readonly #revocations: Revocations;
  readonly #log: Logger;
  readonly #remembered = new Map<string, Remembered>();
  /** How many sessions or users were revoked; what was read before is not remembered. */
  #revoked = 0;
  /** Another panel on the same Postgres may revoke what this one remembers. */
  readonly #trustMs: number;
  readonly #pruning: NodeJS.Timeout;
  readonly #stopListening: () => void;

  constructor(database: DataSource, users: UsersService, revocations: Revocations, log: Logger) {
    this.#database = database;
    this.#users = users;
    this.#revocations = revocations;
    this.#log = log;
    this.#trustMs = database.options.type === 'postgres' ? 1500 : Number.POSITIVE_INFINITY;
    this.#stopListening = revocations.on((revocation) => this.#forget(revocation));
    this.#pruning = setInterval(() => void this.#prune(), pruneEveryMs).unref();
  }

  /**
   * The token exists only in the answer. Throws `invalid_credentials` when the owner was locked out, or his sessions
   * were ended, since he was looked up: what let him in may be what he got rid of.
   */
  async create(owner: UserWithRole, client: Client): Promise<{ token: string; caller: Caller }> {
    const token = randomToken();
    const now = Date.now();
    const session: SessionRow = {
      id: uuid(),
      userId: owner.user.id,
      tokenHash: tokenHash(token),
      createdAt: new Date(now),
      expiresAt: new Date(now + lifetimeMs),
      lastUsedAt: new Date(now),
      authenticatedAt: new Date(now),
      ip: client.ip,
      userAgent: client.userAgent.slice(0, 300),
    };
    const seen = this.#revoked;
    await inTransaction(this.#database, async (manager) => {
      const user = await lockUser(manager, session.userId);
      if (!user || user.disabledAt || user.sessionEpoch !== owner.user.sessionEpoch) throw outdated();
      await manager.insert(SessionEntity, session);
    });
    const known = await this.#users.lookUp(session.userId);
    if (!known) throw outdated();
    const caller = new Caller(known.person, session);
    if (seen === this.#revoked) this.#remember(session, caller);
    return { token, caller };
  }

  /** Whom a token stands for, if that is known without asking the database. */
  recall(token: string): Caller | undefined {
    const remembered = this.#remembered.get(tokenHash(token));
    if (!remembered) return undefined;
    const now = Date.now();
    if (remembered.caller.sessionExpiresAt.getTime() <= now) return undefined;
    if (now - remembered.checkedAt > this.#trustMs) return undefined;
    if (remembered.caller.person.isLockedOut) return undefined;
    if (now - remembered.lastUsedAt > noteUseEveryMs) this.#noteUse(remembered, now);
    return remembered.caller;
  }

  /** Whom a token stands for; undefined when it is unknown, expired or revoked, or its user is disabled. */
  async find(token: string): Promise<Caller | undefined> {
    const known = this.recall(token);
    if (known) return known;
    const key = tokenHash(token);
    this.#remembered.delete(key);
    for (;;) {
      const seen = this.#revoked;
      const session = await this.#database.getRepository(SessionEntity).findOneBy({ tokenHash: key });
      if (!session || session.expiresAt.getTime() <= Date.now()) return undefined;
      const owner = await this.#users.lookUp(session.userId);
      if (!owner || owner.user.disabledAt) return undefined;
      // It may be this session that was revoked meanwhile.
      if (seen !== this.#revoked) continue;
      const caller = new Caller(owner.person, session);
      this.#remember(session, caller);
      return caller;
    }
  }

  async revoke(sessionId: string, reason: string): Promise<void> {
    await this.#database.getRepository(SessionEntity).delete({ id: sessionId });
    this.#revocations.emit({ kind: 'session', sessionId, reason });
  }

  /** A user's sessions, the latest first, after the one with this id. */
  async listOf(userId: string, limit: number, beforeId: string | undefined): Promise<SessionRow[]> {
    const rows = await this.#database.getRepository(SessionEntity).find({
      where: { userId, expiresAt: MoreThan(new Date()), ...(beforeId && { id: LessThan(beforeId) }) },
      order: { id: 'DESC' },
      take: limit,
    });
    return rows.map((row) => ({ ...row, lastUsedAt: this.#lastUseOf(row) }));
  }

  /** Ends one session of this user; false when he has none of this id. */
  async endOneOf(userId: string, sessionId: string, reason: string): Promise<boolean> {
    const { affected } = await this.#database.getRepository(SessionEntity).delete({ id: sessionId, userId });
    if (affected !== 1) return false;
    this.#revocations.emit({ kind: 'session', sessionId, reason });
    return true;
  }

  /** Ends all of a user's sessions but one; says how many. */
  async endOthersOf(userId: string, keptId: string, reason: string): Promise<number> {
    const others = await inTransaction(this.#database, async (manager) => {
      await manager.increment(UserEntity, { id: userId }, 'sessionEpoch', 1);
      const where = { userId, id: Not(keptId) };
      const found = await manager.find(SessionEntity, { select: { id: true }, where });
      await manager.delete(SessionEntity, where);
      return found;
    });
    for (const { id } of others) this.#revocations.emit({ kind: 'session', sessionId: id, reason });
    // What somebody has open by a password and not by a session is to be looked at, too.
    this.#revocations.emit({ kind: 'rights', userId, reason });
    return others.length;
  }

  /** Until when the last proof of who sits there holds; undefined when it does no more. */
  async authenticatedUntil(sessionId: string): Promise<Date | undefined> {
    const session = await this.#database.getRepository(SessionEntity).findOneBy({ id: sessionId });
    const until = new Date((session?.authenticatedAt.getTime() ?? 0) + proofMs);
    return until.getTime() > Date.now() ? until : undefined;
  }

  async noteProof(sessionId: string): Promise<Date> {
    const now = Date.now();
    await this.#database
      .getRepository(SessionEntity)
      .update({ id: sessionId }, { authenticatedAt: new Date(now) });
    return new Date(now + proofMs);
  }

  async revokeAllOf(userId: string, reason: string): Promise<void> {
    await inTransaction(this.#database, async (manager) => {
      await manager.increment(UserEntity, { id: userId }, 'sessionEpoch', 1);
      await manager.delete(SessionEntity, { userId });
    });
    this.#revocations.emit({ kind: 'user', userId, reason });
  }

  close(): void {
    clearInterval(this.#pruning);
    this.#stopListening();
  }

  #remember(session: SessionRow, caller: Caller): void {
    this.#remembered.set(session.tokenHash, {
      caller,
      lastUsedAt: session.lastUsedAt.getTime(),
      checkedAt: Date.now(),
    });
  }

  /** It is written down only now and then. */
  #lastUseOf({ tokenHash: key, lastUsedAt }: SessionRow): Date {
    return new Date(Math.max(lastUsedAt.getTime(), this.#remembered.get(key)?.lastUsedAt ?? 0));
  }

  #forget(revocation: Revocation): void {
    if (revocation.kind === 'session' || revocation.kind === 'user') this.#revoked += 1;
    for (const [key, { caller }] of this.#remembered) {
      const isMeant =
        (revocation.kind === 'session' && revocation.sessionId === caller.sessionId) ||
        (revocation.kind === 'user' && revocation.userId === caller.userId);
      if (isMeant) this.#remembered.delete(key);
    }
  }

  #noteUse(remembered: Remembered, now: number): void {
    remembered.lastUsedAt = now;
    this.#database
      .getRepository(SessionEntity)
      .update({ id: remembered.caller.sessionId }, { lastUsedAt: new Date(now) })
      .catch((err: unknown) => this.#log.warn({ err }, 'The last use of a session was not noted'));
  }

  async #prune(): Promise<void> {
    const now = Date.now();
    for (const [key, { caller }] of this.#remembered) {
      if (caller.sessionExpiresAt.getTime() <= now) this.#remembered.delete(key);
    }
    try {
      await this.#database.getRepository(SessionEntity).delete({ expiresAt: LessThan(new Date(now)) });
    } catch (err) {
      this.#log.warn({ err }, 'Expired sessions were not removed');
    }
  }
}

const outdated = () =>
  new AppError('invalid_credentials', 'The way to sign in was changed in the meantime; begin again');

/** The token has 256 random bits, so a fast hash protects it. */
const tokenHash = (token: string) => hash('sha256', token, 'hex');
