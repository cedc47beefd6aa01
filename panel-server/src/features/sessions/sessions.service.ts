import { AppError } from '@catalyst/shared/contract/errors';
import type { Page, PageQuery } from '@catalyst/shared/contract/values';
import type { Reauthentication, ReauthenticationMethod, Session } from '@catalyst/shared/features/sessions';
import type { User } from '@catalyst/shared/features/users';
import type { z } from 'zod';
import type { Caller } from '../../access.ts';
import type { PanelCore } from '../../core.ts';
import type { Factors } from '../factors/factors.service.ts';
import { IdentityEntity } from '../oidc/identity.entity.ts';
import { describeUser } from '../users/users.service.ts';
import { deviceOf } from './device.ts';
import type { Client } from './session-store.ts';

type Core = Pick<PanelCore, 'database' | 'users' | 'sessions' | 'passwords' | 'signInLimiter'>;

/** What somebody who is signed in does with his sessions. */
export class SessionsService {
  readonly #core: Core;
  readonly #factors: Factors;

  constructor(core: Core, factors: Factors) {
    this.#core = core;
    this.#factors = factors;
  }

  signOut(caller: Caller): Promise<void> {
    return this.#core.sessions.revoke(caller.sessionId, 'Signed out');
  }

  async me(caller: Caller): Promise<User> {
    const owner = await this.#core.users.find(caller.userId);
    if (!owner) throw new AppError('unauthenticated', 'Sign in first');
    return describeUser(owner, caller.key);
  }

  async list(caller: Caller, { limit, cursor }: PageQuery): Promise<Page<Session>> {
    const rows = await this.#core.sessions.listOf(caller.userId, limit + 1, cursor);
    const items = rows.slice(0, limit).map((row) => ({
      id: row.id,
      device: deviceOf(row.userAgent),
      userAgent: row.userAgent,
      ip: row.ip,
      createdAt: row.createdAt,
      lastUsedAt: row.lastUsedAt,
      expiresAt: row.expiresAt,
      isCurrent: row.id === caller.sessionId,
    }));
    return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
  }

  async end(caller: Caller, id: string): Promise<void> {
    if (await this.#core.sessions.endOneOf(caller.userId, id, 'Ended from another session')) return;
    throw new AppError('not_found', 'There is no such session');
  }

  async endOthers(caller: Caller): Promise<{ ended: number }> {
    const { userId, sessionId } = caller;
    return { ended: await this.#core.sessions.endOthersOf(userId, sessionId, 'Ended from another session') };
  }

  async reauthenticationState(caller: Caller) {
    const { database, sessions, users } = this.#core;
    const { userId } = caller;
    const owner = await users.find(userId);
    const methods: z.output<typeof ReauthenticationMethod>[] = [];
    if (owner?.user.passwordHash) methods.push('password');
    if (await this.#factors.totp.enabledAt(userId)) methods.push('totp');
    if ((await this.#factors.passkeys.listOf(userId)).length > 0) methods.push('passkey');
    if (await database.getRepository(IdentityEntity).existsBy({ userId })) methods.push('provider');
    return { methods, authenticatedUntil: (await sessions.authenticatedUntil(caller.sessionId)) ?? null };
  }

  /** Through the same limits as a sign-in: a stolen session is no place to guess passwords from. */
  async reauthenticate(
    caller: Caller,
    proof: z.output<typeof Reauthentication>,
    { ip }: Client,
  ): Promise<{ authenticatedUntil: Date }> {
    const { sessions, signInLimiter } = this.#core;
    const isRight = await signInLimiter.attempt(ip, `proof ${caller.userId}`, async () =>
      (await this.#isRight(caller.userId, proof)) ? true : undefined,
    );
    if (!isRight) throw new AppError('invalid_credentials', 'That was not right');
    return { authenticatedUntil: await sessions.noteProof(caller.sessionId) };
  }

  async #isRight(userId: string, { password, code, passkey }: z.output<typeof Reauthentication>) {
    if (password !== undefined) {
      const owner = await this.#core.users.find(userId);
      return this.#core.passwords.matches(owner?.user.passwordHash || undefined, password, 'known');
    }
    if (code !== undefined) return this.#factors.totp.use(userId, code);
    return (
      passkey !== undefined && (await this.#factors.passkeys.prove('reauthenticate', passkey)) === userId
    );
  }
}
