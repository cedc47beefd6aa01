import { AppError } from '@catalyst/shared/contract/errors';
import type { AccountLink } from '@catalyst/shared/features/accounts';
import type { z } from 'zod';
import type { Caller } from '../../access.ts';
import type { PanelCore } from '../../core.ts';
import { inTransaction } from '../../database/sqlite-gate.ts';
import type { Visitor } from '../sessions/sign-in.ts';
import { assertOutranks } from '../users/granting.ts';
import { UserEntity } from '../users/user.entity.ts';
import type { AccountTokens } from './account-tokens.ts';
import { isStillGood, issueResetToken, type ResetData } from './reset-tokens.ts';

const mailLifetimeMs = 3_600_000;

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

/** New passwords for those who forgot theirs. */
export class PasswordReset {
  readonly #core: Core;
  readonly #tokens: AccountTokens;

  constructor(core: Core, tokens: AccountTokens) {
    this.#core = core;
    this.#tokens = tokens;
    core.mail.prepare('password-reset', async (_values, email) => {
      const owner = await core.users.findByEmail(email);
      if (!owner || owner.user.disabledAt) return undefined;
      const { token } = await issueResetToken(tokens, owner.user, true);
      const { url } = await core.panelSettings.link('reset', token);
      return { kind: 'password-reset', values: { url } };
    });
  }

  /** Whether there is such an account is found out when the mail is sent: here every address takes the same time. */
  async forgot(email: string, ip: string): Promise<void> {
    const { mail, signInLimiter } = this.#core;
    if (!(await mail.isSetUp())) {
      throw new AppError('invalid_state', 'This panel sends no mail. Ask an administrator for a link');
    }
    await signInLimiter.spend(ip, 'forgot');
    const expiresAt = new Date(Date.now() + mailLifetimeMs);
    await mail.sendPrepared({ kind: 'password-reset', recipient: email, values: {}, expiresAt });
  }

  /** A link to hand over; not for somebody who holds more than the caller, as it opens his account. */
  async makeLink(userId: string, caller: Caller): Promise<z.output<typeof AccountLink>> {
    const owner = await this.#core.users.find(userId);
    if (!owner) throw new AppError('not_found', 'There is no such user');
    assertOutranks(caller, owner.role.permissions);
    const { token, expiresAt } = await issueResetToken(this.#tokens, owner.user);
    return { ...(await this.#core.panelSettings.link('reset', token)), expiresAt, wasMailed: false };
  }

  /** Ends all sessions. Of all who come with one token, one sets the password. */
  async reset(token: string, password: string, { client, recognise }: Visitor): Promise<void> {
    const { database, users, sessions, passwords, passwordRules, signInLimiter, mail } = this.#core;
    const found = await signInLimiter.attempt(client.ip, 'reset', async () => {
      const known = await this.#tokens.find<ResetData>('password-reset', token);
      const owner = known?.userId ? await users.find(known.userId) : undefined;
      return known && owner && !owner.user.disabledAt && isStillGood(known, owner.user)
        ? owner.user
        : undefined;
    });
    if (!found) throw usedAlready();
    const { id, email } = found;
    recognise?.(found);
    await passwordRules.require(password, [email, found.name]);
    const passwordHash = await passwords.hash(password);
    await inTransaction(database, async (manager) => {
      const known = await this.#tokens.take<ResetData>('password-reset', token, manager);
      const user = await manager.findOneBy(UserEntity, { id });
      if (!known || !user || !isStillGood(known, user)) throw usedAlready();
      const isProved = known.data.wasMailed && user.emailVerifiedAt === null;
      // What it was checked against must still hold, also on another panel.
      const { affected } = await manager.update(
        UserEntity,
        { id, passwordHash: user.passwordHash },
        {
          passwordHash,
          mustChangePassword: false,
          updatedAt: new Date(),
          ...(isProved && { emailVerifiedAt: new Date() }),
        },
      );
      if (affected !== 1) throw usedAlready();
      await this.#tokens.revokeOf(id, 'password-reset', manager);
    });
    await sessions.revokeAllOf(id, 'The password was changed');
    await mail.send('account-changed', email, {
      what: 'The password of your account was changed by a link.',
    });
  }
}

const usedAlready = () => new AppError('invalid_credentials', 'This link has run out or was used already');
