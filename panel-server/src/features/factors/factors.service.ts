import { AppError, type FactorMethod } from '@catalyst/shared/contract/errors';
import type { PasskeyAnswer } from '@catalyst/shared/features/factors';
import type { z } from 'zod';
import type { Caller } from '../../access.ts';
import type { PanelCore } from '../../core.ts';
import { inTransaction } from '../../database/sqlite-gate.ts';
import type { AccountTokens } from '../accounts/account-tokens.ts';
import type { Client } from '../sessions/session-store.ts';
import { UserEntity } from '../users/user.entity.ts';
import { Passkeys } from './passkeys.ts';
import { RecoveryCodes } from './recovery-codes.ts';
import { TotpFactors } from './totp-factors.ts';

export interface Proof {
  code?: string;
  recoveryCode?: string;
  passkey?: z.output<typeof PasskeyAnswer>;
}

type Core = Pick<PanelCore, 'database' | 'secretBox' | 'sessions' | 'signInLimiter' | 'mail'>;

/** What an account has besides its password. Whoever changes it ends the account's other sessions. */
export class Factors {
  readonly passkeys: Passkeys;
  readonly totp: TotpFactors;
  readonly recoveryCodes: RecoveryCodes;
  readonly #core: Core;

  constructor(core: Core, tokens: AccountTokens) {
    this.#core = core;
    this.recoveryCodes = new RecoveryCodes(core.database);
    this.totp = new TotpFactors(core.database, core.secretBox, this.recoveryCodes);
    this.passkeys = new Passkeys(core.database, tokens);
  }

  /** What a second step can be done with; none when the account asks for no second step. */
  async methodsOf(userId: string): Promise<FactorMethod[]> {
    if (!(await this.totp.enabledAt(userId))) return [];
    const methods: FactorMethod[] = ['totp'];
    if ((await this.recoveryCodes.left(userId)) > 0) methods.push('recovery-code');
    if ((await this.passkeys.listOf(userId)).length > 0) methods.push('passkey');
    return methods;
  }

  /** The second step of a sign-in. */
  async prove(userId: string, { code, recoveryCode, passkey }: Proof): Promise<boolean> {
    if (code !== undefined) return this.totp.use(userId, code);
    if (recoveryCode !== undefined) return this.recoveryCodes.use(userId, recoveryCode);
    return passkey !== undefined && (await this.passkeys.prove('factor', passkey)) === userId;
  }

  async beginTotp(caller: Caller): Promise<{ secret: string; uri: string }> {
    return this.totp.begin(caller.userId, caller.email, 'Catalyst');
  }

  async confirmTotp(caller: Caller, code: string, { ip }: Client): Promise<string[]> {
    const codes = await this.#core.signInLimiter.attempt(ip, `confirm ${caller.userId}`, () =>
      this.totp.confirm(caller.userId, code),
    );
    if (!codes) throw new AppError('invalid_credentials', 'The code is wrong');
    await this.changed(caller, 'Codes of an app were turned on for your account.');
    return codes;
  }

  async removeTotp(caller: Caller): Promise<void> {
    await inTransaction(this.#core.database, (manager) => this.totp.remove(caller.userId, manager));
    await this.changed(caller, 'Codes of an app were turned off for your account.');
  }

  async renewRecoveryCodes(caller: Caller): Promise<string[]> {
    if (!(await this.totp.enabledAt(caller.userId))) {
      throw new AppError(
        'invalid_state',
        'Recovery codes come with the codes of an app; turn those on first',
      );
    }
    const codes = await inTransaction(this.#core.database, (manager) =>
      this.recoveryCodes.renew(caller.userId, manager),
    );
    await this.changed(caller, 'New recovery codes were made for your account.');
    return codes;
  }

  async addPasskey(caller: Caller, ceremony: string, name: string, response: unknown) {
    const passkey = await this.passkeys.finishCreation(caller.userId, ceremony, name, response);
    await this.changed(caller, `The passkey “${name}” was added to your account.`);
    return passkey;
  }

  async removePasskey(caller: Caller, id: string): Promise<void> {
    await this.passkeys.remove(caller.userId, id);
    await this.changed(caller, 'A passkey of your account was removed.');
  }

  /** Whoever may have got in before the change is out; the owner is told. */
  async changed(caller: Caller, what: string): Promise<void> {
    await this.#core.sessions.endOthersOf(caller.userId, caller.sessionId, 'The way to sign in was changed');
    const user = await this.#core.database.getRepository(UserEntity).findOneBy({ id: caller.userId });
    if (user) await this.#core.mail.send('account-changed', user.email, { what });
  }
}
