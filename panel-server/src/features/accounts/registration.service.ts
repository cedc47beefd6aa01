import { AppError } from '@catalyst/shared/contract/errors';
import type { Registration as Wish } from '@catalyst/shared/features/accounts';
import type { EntityManager } from 'typeorm';
import type { z } from 'zod';
import type { PanelCore } from '../../core.ts';
import { inTransaction } from '../../database/sqlite-gate.ts';
import type { SignedInSession, SignIn, Visitor } from '../sessions/sign-in.ts';
import { UserEntity } from '../users/user.entity.ts';
import type { UserWithRole } from '../users/users.service.ts';
import type { AccountTokens } from './account-tokens.ts';
import type { Invitations, OpenInvitation } from './invitations.service.ts';

const lifetimeMs = 24 * 3_600_000;

/** An account as it will be when its address is proved. */
interface PendingAccount {
  name: string;
  displayName: string | null;
  passwordHash: string;
  invitation: string | null;
}

type Core = Pick<
  PanelCore,
  'database' | 'users' | 'passwords' | 'passwordRules' | 'signInLimiter' | 'mail' | 'panelSettings'
>;

/** How people come by an account by themselves. */
export class Registration {
  readonly #core: Core;
  readonly #tokens: AccountTokens;
  readonly #invitations: Invitations;
  readonly #signIn: SignIn;

  constructor(core: Core, tokens: AccountTokens, invitations: Invitations, signIn: SignIn) {
    this.#core = core;
    this.#tokens = tokens;
    this.#invitations = invitations;
    this.#signIn = signIn;
    core.mail.prepare('registration', async ({ token }, email) => {
      const { url } = await core.panelSettings.link('verify', String(token));
      if (!(await core.users.findByEmail(email))) return { kind: 'registration', values: { url } };
      return { kind: 'account-exists', values: { url: `${await core.panelSettings.linkBase()}/sign-in` } };
    });
  }

  /**
   * Signed in, or (undefined) a link was mailed that makes the account. Where mail is set up the answer does not tell
   * whether the address has an account; its owner is told by mail.
   */
  async register(wish: z.output<typeof Wish>, visitor: Visitor): Promise<SignedInSession | undefined> {
    const { database, passwords, passwordRules, signInLimiter, mail } = this.#core;
    const { email, name, displayName = null } = wish;
    await signInLimiter.spend(visitor.client.ip, 'register');
    const invitation = await this.#requireAllowed(wish, visitor.client.ip);
    await passwordRules.require(wish.password, [email, name]);
    if (await database.getRepository(UserEntity).existsBy({ name })) throw nameTaken();
    const passwordHash = await passwords.hash(wish.password);
    const account: PendingAccount = { name, displayName, passwordHash, invitation: wish.invitation ?? null };
    const isProved = invitation?.provesEmail === true && invitation.email === email;
    if (isProved || !(await mail.isSetUp())) {
      const owner = await inTransaction(database, (manager) =>
        this.#create(manager, email, isProved, account, invitation),
      );
      return this.#signIn.finish(owner, visitor);
    }
    const { token, expiresAt } = await this.#tokens.issue('registration', {
      email,
      data: { ...account },
      lifetimeMs,
    });
    await mail.sendPrepared({ kind: 'registration', recipient: email, values: { token }, expiresAt });
    return undefined;
  }

  /** Makes the account whose link was opened; undefined when the token is for no registration. */
  async verify(token: string): Promise<string | undefined> {
    const known = await this.#tokens.find<PendingAccount>('registration', token);
    if (!known?.email) return undefined;
    const { email, data } = known;
    const invitation = data.invitation === null ? undefined : await this.#invitations.find(data.invitation);
    if (data.invitation !== null && !invitation) throw invitationGone();
    await inTransaction(this.#core.database, async (manager) => {
      if (!(await this.#tokens.take('registration', token, manager))) throw usedAlready();
      await this.#create(manager, email, true, data, invitation);
    });
    return email;
  }

  async #requireAllowed(
    { email, invitation: token }: z.output<typeof Wish>,
    ip: string,
  ): Promise<OpenInvitation | undefined> {
    const { mode, domains } = await this.#core.panelSettings.read('registration');
    if (mode === 'off') throw new AppError('invalid_state', 'This panel takes no registrations');
    if (token !== undefined) {
      const invitation = await this.#core.signInLimiter.attempt(ip, 'invitation', () =>
        this.#invitations.find(token),
      );
      if (!invitation) throw invitationGone();
      if (invitation.email !== null && invitation.email !== email) {
        throw new AppError('conflict', 'This invitation is for another e-mail address', {
          issues: [{ path: 'email', message: 'is not the one that was invited' }],
        });
      }
      return invitation;
    }
    if (mode === 'invite') {
      throw new AppError('invalid_state', 'An account on this panel needs an invitation');
    }
    if (mode === 'domain') await this.#requireDomain(email, domains);
    return undefined;
  }

  /** An address that nobody has proved says nothing of where its owner belongs. */
  async #requireDomain(email: string, domains: string[]): Promise<void> {
    if (!(await this.#core.mail.isSetUp())) {
      throw new AppError(
        'invalid_state',
        'This panel has to be able to send mail before people can register',
      );
    }
    if (domains.includes(email.replace(/^.*@/, ''))) return;
    throw new AppError('conflict', 'Addresses of this domain cannot register here', {
      issues: [
        { path: 'email', message: `must end in ${domains.map((domain) => `@${domain}`).join(' or ')}` },
      ],
    });
  }

  async #create(
    manager: EntityManager,
    email: string,
    isProved: boolean,
    { name, displayName, passwordHash }: PendingAccount,
    invitation: OpenInvitation | undefined,
  ): Promise<UserWithRole> {
    if (invitation && !(await invitation.accept(manager, email))) throw invitationGone();
    return this.#core.users.create(
      {
        ...{ email, name, displayName, passwordHash },
        emailVerifiedAt: isProved ? new Date() : null,
        role: invitation?.role ?? 'user',
      },
      manager,
    );
  }
}

const nameTaken = () =>
  new AppError('conflict', 'This name is taken', { issues: [{ path: 'name', message: 'is taken' }] });
const invitationGone = () =>
  new AppError('invalid_credentials', 'This invitation has run out, was used or was withdrawn');
const usedAlready = () => new AppError('invalid_credentials', 'This link has run out or was used already');
