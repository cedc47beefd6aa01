import { AppError } from '@catalyst/shared/contract/errors';
import type { MailSettings as MailSettingsAnswer, NewMailSettings } from '@catalyst/shared/features/mail';
import type { z } from 'zod';
import type { SecretBox } from '../../identity/secret-box.ts';
import type { SettingsService } from '../settings/settings.service.ts';

export const mailSetting = 'mail';
export const mailPasswordPlace = 'settings/mail/password';

type Answer = z.output<typeof MailSettingsAnswer>;
export type MailServer = Omit<Answer, 'hasPassword'> & { password: string | null };
type Stored = Omit<Answer, 'hasPassword'> & { sealedPassword: string | null };

/** The server that takes the panel's mail. */
export class MailSettings {
  readonly #settings: SettingsService;
  readonly #box: SecretBox;

  constructor(settings: SettingsService, box: SecretBox) {
    this.#settings = settings;
    this.#box = box;
  }

  async isSetUp(): Promise<boolean> {
    return (await this.#stored()) !== undefined;
  }

  async describe(): Promise<Answer | null> {
    const stored = await this.#stored();
    if (!stored) return null;
    const { sealedPassword, ...rest } = stored;
    return { ...rest, hasPassword: sealedPassword !== null };
  }

  /** Undefined when no mail is set up. Throws when the password cannot be read any more. */
  async server(): Promise<MailServer | undefined> {
    const stored = await this.#stored();
    if (!stored) return undefined;
    const { sealedPassword, ...rest } = stored;
    try {
      return {
        ...rest,
        password: sealedPassword === null ? null : this.#box.open(sealedPassword, mailPasswordPlace),
      };
    } catch (cause) {
      throw new AppError('conflict', 'The stored mail password cannot be read any more; enter it again', {
        cause,
      });
    }
  }

  /** A password that is left out stays; but it is not sent to another server or for another name. */
  async set({ password, ...rest }: z.output<typeof NewMailSettings>): Promise<void> {
    const before = await this.#stored();
    const isSameLogin = before?.host === rest.host && before?.username === rest.username;
    const kept = isSameLogin ? (before?.sealedPassword ?? null) : null;
    const sealedPassword =
      password === undefined ? kept : password === null ? null : this.#box.seal(password, mailPasswordPlace);
    if (rest.username === null && sealedPassword !== null) {
      throw new AppError('invalid_input', 'Some of the input is not right', {
        issues: [{ path: 'username', message: 'a password needs a user name' }],
      });
    }
    await this.#settings.set(mailSetting, { ...rest, sealedPassword } satisfies Stored);
  }

  remove(): Promise<void> {
    return this.#settings.set(mailSetting, null);
  }

  async #stored(): Promise<Stored | undefined> {
    return ((await this.#settings.get(mailSetting)) as Stored | null | undefined) ?? undefined;
  }
}
