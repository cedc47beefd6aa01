import { AppError } from '@catalyst/shared/contract/errors';
import type { User } from '@catalyst/shared/features/users';
import { MoreThan } from 'typeorm';
import type { Caller } from '../../access.ts';
import type { PanelCore } from '../../core.ts';
import { isUniqueViolation } from '../../database/database-errors.ts';
import { inTransaction } from '../../database/sqlite-gate.ts';
import { requireRecentProof } from '../../http/recently-authenticated.ts';
import { SessionEntity } from '../sessions/session.entity.ts';
import { lockUser } from '../users/lock-user.ts';
import { UserEntity, type UserRow } from '../users/user.entity.ts';
import { describeUser } from '../users/users.service.ts';
import type { AccountTokens } from './account-tokens.ts';

const lifetimeMs = 3_600_000;

interface EmailChange {
  /** Who asked. When that session is ended, by whatever way, so is what it began. */
  sessionId: string;
}

type Core = Pick<
  PanelCore,
  | 'database'
  | 'users'
  | 'sessions'
  | 'passwords'
  | 'passwordRules'
  | 'signInLimiter'
  | 'mail'
  | 'panelSettings'
>;

/** What somebody changes of his own account. */
export class Profile {
  readonly #core: Core;
  readonly #tokens: AccountTokens;

  constructor(core: Core, tokens: AccountTokens) {
    this.#core = core;
    this.#tokens = tokens;
    core.mail.prepare('email-change', async ({ token }, email) => {
      const { url } = await core.panelSettings.link('verify', String(token));
      if (!(await core.users.findByEmail(email))) return { kind: 'email-change', values: { url } };
      return { kind: 'account-exists', values: { url: `${await core.panelSettings.linkBase()}/sign-in` } };
    });
  }

  async update(caller: Caller, changes: { name?: string; displayName?: string | null }): Promise<User> {
    await this.#change(caller.userId, changes);
    return this.#describe(caller);
  }

  /** Changed at once where no mail is set up; else undefined: a link went to the new address. */
  async changeEmail(caller: Caller, email: string, ip: string): Promise<User | undefined> {
    const { mail, signInLimiter } = this.#core;
    await signInLimiter.spend(ip, 'email');
    if (!(await mail.isSetUp())) {
      await this.#change(caller.userId, { email, emailVerifiedAt: null });
      return this.#describe(caller);
    }
    const { token, expiresAt } = await this.#tokens.issue('email-change', {
      userId: caller.userId,
      email,
      data: { sessionId: caller.sessionId } satisfies EmailChange,
      lifetimeMs,
    });
    await mail.sendPrepared({ kind: 'email-change', recipient: email, values: { token }, expiresAt });
    return undefined;
  }

  /** Takes the address whose link was opened; undefined when the token is for no change of address. */
  async verifyEmail(token: string): Promise<string | undefined> {
    const { database, users, mail } = this.#core;
    const known = await this.#tokens.find<EmailChange | undefined>('email-change', token);
    if (!known?.userId || !known.email || !known.data) return undefined;
    const { userId, email, data } = known;
    const before = await inTransaction(database, async (manager) => {
      const user = await lockUser(manager, userId);
      const session = { id: data.sessionId, userId, expiresAt: MoreThan(new Date()) };
      if (!user || user.disabledAt || !(await manager.existsBy(SessionEntity, session))) return undefined;
      if (!(await this.#tokens.take('email-change', token, manager))) return undefined;
      await this.#tokens.revokeOf(userId, 'email-change', manager);
      const change = { email, emailVerifiedAt: new Date(), updatedAt: new Date() };
      await manager.update(UserEntity, { id: userId }, change).catch(refuseTaken);
      return user;
    });
    if (!before) return undefined;
    await users.refresh({ userId });
    const what = `The e-mail address of your account is ${email} from now on.`;
    await mail.send('account-changed', before.email, { what });
    return email;
  }

  /** Ends the other sessions. Whoever has a password gives it, however recently he signed in. */
  async changePassword(
    caller: Caller,
    { currentPassword, password }: { currentPassword?: string; password: string },
    ip: string,
  ): Promise<void> {
    const { database, users, sessions, passwords, passwordRules, mail } = this.#core;
    const owner = await users.find(caller.userId);
    if (!owner) throw new AppError('unauthenticated', 'Sign in first');
    const { id, email, name, passwordHash: before } = owner.user;
    if (before) await this.#requirePassword(caller, before, currentPassword, ip);
    else await requireRecentProof(sessions, caller.sessionId);
    await passwordRules.require(password, [email, name]);
    const passwordHash = await passwords.hash(password, 'known');
    await inTransaction(database, async (manager) => {
      const { affected } = await manager.update(
        UserEntity,
        { id, passwordHash: before },
        { passwordHash, mustChangePassword: false, updatedAt: new Date() },
      );
      if (affected !== 1)
        throw new AppError('conflict', 'The password was changed elsewhere at the same time');
      await this.#tokens.revokeOf(id, 'password-reset', manager);
    });
    await sessions.endOthersOf(id, caller.sessionId, 'The password was changed');
    await mail.send('account-changed', email, { what: 'The password of your account was changed.' });
  }

  async #requirePassword(caller: Caller, hash: string, typed: string | undefined, ip: string): Promise<void> {
    const { passwords, signInLimiter } = this.#core;
    if (typed === undefined) {
      throw new AppError('invalid_credentials', 'Type your present password as well', {
        issues: [{ path: 'currentPassword', message: 'is needed' }],
      });
    }
    const isRight = await signInLimiter.attempt(ip, `proof ${caller.userId}`, async () =>
      (await passwords.matches(hash, typed, 'known')) ? true : undefined,
    );
    if (isRight) return;
    throw new AppError('invalid_credentials', 'The present password is wrong', {
      issues: [{ path: 'currentPassword', message: 'is wrong' }],
    });
  }

  async #change(userId: string, changes: Partial<UserRow>): Promise<void> {
    const users = this.#core.database.getRepository(UserEntity);
    await users.update({ id: userId }, { ...changes, updatedAt: new Date() }).catch(refuseTaken);
    await this.#core.users.refresh({ userId });
  }

  async #describe({ userId, key }: Caller): Promise<User> {
    const owner = await this.#core.users.find(userId);
    if (!owner) throw new AppError('unauthenticated', 'Sign in first');
    return describeUser(owner, key);
  }
}

function refuseTaken(error: unknown): never {
  if (isUniqueViolation(error)) throw new AppError('conflict', 'This e-mail address or name is taken');
  throw error;
}
