import { type MailSettings, NewMailSettings } from '@catalyst/shared/features/mail';
import type { z } from 'zod';
import { validateWith } from '../../../components/form-validation.ts';

export type Settings = z.output<typeof MailSettings>;

export interface MailForm {
  host: string;
  port: number | string;
  security: Settings['security'];
  username: string;
  password: string;
  from: string;
  fromName: string;
}

/** Where each kind of encryption is usually spoken. */
export const usualPorts: Record<Settings['security'], number> = { starttls: 587, tls: 465, none: 25 };

export const formOf = (settings: Settings | null): MailForm => ({
  host: settings?.host ?? '',
  port: settings?.port ?? usualPorts.starttls,
  security: settings?.security ?? 'starttls',
  username: settings?.username ?? '',
  password: '',
  from: settings?.from ?? '',
  fromName: settings?.fromName ?? '',
});

/** A password that is left empty stays, but without a user name there is none. */
export function toBody({ password, port, ...form }: MailForm): z.input<typeof NewMailSettings> {
  const username = form.username.trim() || null;
  return {
    ...form,
    port: port as number,
    username,
    fromName: form.fromName.trim() || null,
    ...(username === null ? { password: null } : password !== '' && { password }),
  };
}

/** The panel keeps the password only for the host and the user name that it was given for. */
export const keepsPassword = (settings: Settings | null, form: MailForm): boolean =>
  settings?.hasPassword === true &&
  settings.host === form.host.trim() &&
  settings.username === form.username.trim();

export const validate = (form: MailForm): Record<string, string> =>
  validateWith(NewMailSettings)(toBody(form));

/** Another encryption moves to its usual port, unless the port was chosen by hand. */
export function withSecurity(form: MailForm, security: Settings['security']): MailForm {
  const isUsual = form.port === usualPorts[form.security];
  return { ...form, security, port: isUsual ? usualPorts[security] : form.port };
}
