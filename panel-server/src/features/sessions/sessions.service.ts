import { AppError } from '@catalyst/shared/contract/errors';
import type { Credentials } from '@catalyst/shared/features/sessions';
import type { User } from '@catalyst/shared/features/users';
import type { z } from 'zod';
import type { Caller } from '../../access.ts';
import type { PanelCore } from '../../core.ts';
import { describeUser, type UsersService } from '../users/users.service.ts';
import type { Passwords } from './passwords.ts';
import type { Client, SessionStore } from './session-store.ts';
import type { SignInLimiter } from './sign-in-limiter.ts';

export interface SignedInSession {
  token: string;
  expiresAt: Date;
  user: User;
  caller: Caller;
}

export class SessionsService {
  readonly #users: UsersService;
  readonly #store: SessionStore;
  readonly #passwords: Passwords;
  readonly #limiter: SignInLimiter;

  constructor(core: Pick<PanelCore, 'users' | 'sessions' | 'passwords' | 'signInLimiter'>) {
    this.#users = core.users;
    this.#store = core.sessions;
    this.#passwords = core.passwords;
    this.#limiter = core.signInLimiter;
  }

  /** A new session with a new token; the session the request came with, if any, ends. */
  async signIn(
    { email, password }: z.output<typeof Credentials>,
    client: Client,
    previous: Caller | undefined,
  ): Promise<SignedInSession> {
    const owner = await this.#limiter.attempt(client.ip, email, async () => {
      const found = await this.#users.findByEmail(email);
      const isRight = await this.#passwords.matches(found?.user.passwordHash, password);
      return isRight && found && !found.user.disabledAt ? found : undefined;
    });
    if (!owner) throw new AppError('invalid_credentials', 'The e-mail address or the password is wrong');
    if (previous) await this.#store.revoke(previous.sessionId, 'Signed in again');
    const { token, caller } = await this.#store.create(owner, client);
    return { token, caller, expiresAt: caller.sessionExpiresAt, user: describeUser(owner) };
  }

  signOut(caller: Caller): Promise<void> {
    return this.#store.revoke(caller.sessionId, 'Signed out');
  }

  async me(caller: Caller): Promise<User> {
    const owner = await this.#users.find(caller.userId);
    if (!owner) throw new AppError('unauthenticated', 'Sign in first');
    return describeUser(owner, caller.key);
  }
}
