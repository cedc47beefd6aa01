import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { AppError } from '@catalyst/shared/contract/errors';
import type { Setup } from '@catalyst/shared/features/sessions';
import { Email, NewPassword } from '@catalyst/shared/features/users';
import { StartError } from '@catalyst/shared/node/start-error';
import type { z } from 'zod';
import type { Config } from '../../config.ts';
import type { PanelCore } from '../../core.ts';
import { isUniqueViolation } from '../../database/database-errors.ts';
import { inTransaction } from '../../database/sqlite-gate.ts';
import { describeUser, type UserWithRole } from '../users/users.service.ts';
import type { Client } from './session-store.ts';
import type { SignedInSession } from './sign-in.ts';

/** The row that the first administrator claims; of two who race, the database lets one have it. */
const claimed = 'setup-completed';

type Core = Pick<
  PanelCore,
  'database' | 'users' | 'settings' | 'sessions' | 'passwords' | 'passwordRules' | 'signInLimiter'
>;

/** The first administrator: through the page with the one-time code, or from the environment. */
export class SetupService {
  readonly #core: Core;
  #code: string | undefined;
  #onCompleted = () => {};

  constructor(core: Core) {
    this.#core = core;
  }

  /** While there is no administrator: makes the one of the environment, or else a code for the page. */
  async prepare(firstAdmin: Config['firstAdmin']): Promise<void> {
    if (!(await this.isRequired())) return;
    if (firstAdmin) await this.#createFromEnvironment(firstAdmin);
    else this.#code = randomBytes(18).toString('base64url');
  }

  /** The one-time code, while the panel waits for its first administrator. */
  get code(): string | undefined {
    return this.#code;
  }

  onCompleted(listener: () => void): void {
    this.#onCompleted = listener;
  }

  async isRequired(): Promise<boolean> {
    return (await this.#core.settings.get(claimed)) === undefined;
  }

  async requireOpen(): Promise<void> {
    if (!(await this.isRequired())) throw completed();
  }

  /** The first administrator, signed in. `not_found` once there is one. */
  async complete(setup: z.output<typeof Setup>, client: Client): Promise<SignedInSession> {
    await this.requireOpen();
    const isRight = await this.#core.signInLimiter.attempt(client.ip, 'setup', async () =>
      this.#isCode(setup.code) ? true : undefined,
    );
    if (!isRight) {
      throw new AppError('invalid_credentials', 'The code is wrong. The panel prints it when it starts');
    }
    await this.#core.passwordRules.require(setup.password, [setup.email, setup.name]);
    const owner = await this.#create(setup);
    const { token, caller } = await this.#core.sessions.create(owner, client);
    return { token, caller, expiresAt: caller.sessionExpiresAt, user: describeUser(owner) };
  }

  async #createFromEnvironment({ email, password }: { email: string; password: string }): Promise<void> {
    const address = Email.safeParse(email);
    if (!address.success) throw new StartError('CATALYST_ADMIN_EMAIL must be an e-mail address');
    const secret = NewPassword.safeParse(password);
    if (!secret.success) throw new StartError(`CATALYST_ADMIN_PASSWORD ${secret.error.issues[0]?.message}`);
    const name =
      address.data
        .replace(/@.*$/, '')
        .replace(/[^a-z0-9_-]/g, '')
        .slice(0, 32) || 'admin';
    try {
      await this.#create({ email: address.data, password: secret.data, name });
    } catch (error) {
      // Another panel on the same database was faster.
      if (!(error instanceof AppError && error.code === 'not_found')) throw error;
    }
  }

  async #create(admin: { email: string; password: string; name: string }): Promise<UserWithRole> {
    const { database, settings, users, passwords } = this.#core;
    const passwordHash = await passwords.hash(admin.password);
    try {
      const owner = await inTransaction(database, async (manager) => {
        await settings.claim(claimed, { email: admin.email }, manager);
        return users.create(
          { email: admin.email, name: admin.name, passwordHash, role: 'administrator' },
          manager,
        );
      });
      this.#code = undefined;
      this.#onCompleted();
      return owner;
    } catch (error) {
      if (isUniqueViolation(error)) throw completed();
      throw error;
    }
  }

  #isCode(given: string): boolean {
    // Somebody else was faster since this request began.
    if (this.#code === undefined) throw completed();
    return timingSafeEqual(hash('sha256', given, 'buffer'), hash('sha256', this.#code, 'buffer'));
  }
}

const completed = () => new AppError('not_found', 'This panel has its administrator already');
