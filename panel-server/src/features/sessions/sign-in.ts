import { hash } from 'node:crypto';
import { AppError, type FactorMethod } from '@catalyst/shared/contract/errors';
import type { Credentials, SecondStep } from '@catalyst/shared/features/sessions';
import type { User } from '@catalyst/shared/features/users';
import type { z } from 'zod';
import type { Caller } from '../../access.ts';
import type { PanelCore } from '../../core.ts';
import type { AccountTokens } from '../accounts/account-tokens.ts';
import { issueResetToken } from '../accounts/reset-tokens.ts';
import type { Factors } from '../factors/factors.service.ts';
import { UserEntity, type UserRow } from '../users/user.entity.ts';
import { describeUser, type UserWithRole } from '../users/users.service.ts';
import type { Client } from './session-store.ts';

export interface SignedInSession {
  token: string;
  expiresAt: Date;
  user: User;
  caller: Caller;
}

/** Who signs in, and the session the request came with, which ends. */
export interface Visitor {
  client: Client;
  previous: Caller | undefined;
  /** Whose account it is about, for the record: also when nothing comes of it. */
  recognise?: (user: Pick<UserRow, 'id' | 'name'>) => void;
}

const challengeMs = 5 * 60_000;

interface ChallengeData {
  /** Of the account's ways to sign in, when the first step was done: a change of them ends the second. */
  state: string;
  wasPassword: boolean;
}

/** Every way in: each ends in a new session, after a second step where the account asks for one. */
export class SignIn {
  readonly #core: Pick<PanelCore, 'database' | 'users' | 'sessions' | 'passwords' | 'signInLimiter'>;
  readonly #tokens: AccountTokens;
  readonly #factors: Factors;

  constructor(
    core: Pick<PanelCore, 'database' | 'users' | 'sessions' | 'passwords' | 'signInLimiter'>,
    tokens: AccountTokens,
    factors: Factors,
  ) {
    this.#core = core;
    this.#tokens = tokens;
    this.#factors = factors;
  }

  /** Throws `factor_required` or `password_change_required` with a challenge where that comes next. */
  async byPassword(
    { email, password }: z.output<typeof Credentials>,
    visitor: Visitor,
  ): Promise<SignedInSession> {
    const { users, passwords, signInLimiter } = this.#core;
    const owner = await signInLimiter.attempt(
      visitor.client.ip,
      email,
      async (asker) => {
        const found = await users.findByEmail(email);
        const isRight = await passwords.matches(found?.user.passwordHash || undefined, password, asker);
        return isRight && found && !found.user.disabledAt ? found : undefined;
      },
      { remembers: true },
    );
    if (!owner) throw new AppError('invalid_credentials', 'The e-mail address or the password is wrong');
    await this.#renewHash(owner, password);
    return this.finish(owner, visitor, { wasPassword: true });
  }

  /** The second step of the sign-in that the challenge belongs to, and of no other. */
  async bySecondStep(step: z.output<typeof SecondStep>, visitor: Visitor): Promise<SignedInSession> {
    const { users, signInLimiter } = this.#core;
    const { ip } = visitor.client;
    const challenge = await signInLimiter.attempt(ip, 'factor', () =>
      this.#tokens.find<ChallengeData>('factor', step.challenge),
    );
    const owner = challenge?.userId ? await users.find(challenge.userId) : undefined;
    if (!challenge || !owner || owner.user.disabledAt || challenge.data.state !== stateOf(owner)) {
      throw new AppError('invalid_credentials', 'The sign-in took too long; begin again');
    }
    const userId = owner.user.id;
    visitor.recognise?.(owner.user);
    const isRight = await signInLimiter.attempt(
      ip,
      `factor ${userId}`,
      async () => ((await this.#factors.prove(userId, step)) ? true : undefined),
      { everywhere: true },
    );
    if (!isRight) throw new AppError('invalid_credentials', 'The code is wrong or was used already');
    if (!(await this.#tokens.take('factor', step.challenge))) {
      throw new AppError('invalid_credentials', 'This sign-in has been finished already');
    }
    return this.#begin(owner, visitor, challenge.data.wasPassword);
  }

  /** For whoever has passed the first step, or (`skipsFactor`) both at once. */
  async finish(
    owner: UserWithRole,
    visitor: Visitor,
    { wasPassword = false, skipsFactor = false } = {},
  ): Promise<SignedInSession> {
    const methods = skipsFactor ? [] : await this.#factors.methodsOf(owner.user.id);
    if (methods.length > 0) throw await this.#challenge(owner, methods, wasPassword);
    return this.#begin(owner, visitor, wasPassword);
  }

  async #begin(
    owner: UserWithRole,
    { client, previous }: Visitor,
    wasPassword: boolean,
  ): Promise<SignedInSession> {
    const { sessions } = this.#core;
    if (wasPassword && owner.user.mustChangePassword) throw await this.#passwordChange(owner);
    if (previous && !previous.key) await sessions.revoke(previous.sessionId, 'Signed in again');
    const { token, caller } = await sessions.create(owner, client);
    return { token, caller, expiresAt: caller.sessionExpiresAt, user: describeUser(owner) };
  }

  async #challenge(owner: UserWithRole, methods: FactorMethod[], wasPassword: boolean): Promise<AppError> {
    const data: ChallengeData = { state: stateOf(owner), wasPassword };
    const { token, expiresAt } = await this.#tokens.issue('factor', {
      userId: owner.user.id,
      data: { ...data },
      lifetimeMs: challengeMs,
    });
    return new AppError('factor_required', 'Now prove the second factor', {
      challenge: { token, methods, expiresAt },
    });
  }

  /** The challenge's token is one for `POST /api/auth/reset`. */
  async #passwordChange(owner: UserWithRole): Promise<AppError> {
    const { token, expiresAt } = await issueResetToken(this.#tokens, owner.user);
    return new AppError('password_change_required', 'Choose a new password first', {
      challenge: { token, methods: [], expiresAt },
    });
  }

  /** Only now is the password known, to be hashed as hashes are made today. */
  async #renewHash({ user }: UserWithRole, password: string): Promise<void> {
    const { database, passwords } = this.#core;
    const { id, passwordHash } = user;
    if (!passwords.isOutdated(passwordHash)) return;
    const renewed = await passwords.hash(password, 'known');
    const { affected } = await database
      .getRepository(UserEntity)
      .update({ id, passwordHash }, { passwordHash: renewed });
    if (affected === 1) user.passwordHash = renewed;
  }
}

const stateOf = ({ user }: UserWithRole) =>
  hash('sha256', `${user.passwordHash}\n${user.email}\n${user.sessionEpoch}`, 'hex');
