import { AppError } from '@catalyst/shared/contract/errors';
import {
  allFactors,
  mailSettings,
  outbox,
  panelSettings,
  passkeys,
  passwordOnly,
  providers,
  recoveryCodes,
  sessions,
  sshKeys,
} from './example-accounts.ts';
import { admin } from './example-data.ts';
import type { Answers } from './stub-routes.ts';

const page = (items: unknown[]) => ({ items, nextCursor: null });
const ahead = (ms: number) => new Date(Date.now() + ms);

/** All the ways to sign in that there are. */
export const everyWay = {
  registration: 'domain',
  domains: ['example.org', 'guild.example.net'],
  passwordReset: true,
  passkeys: true,
  providers: [{ id: providers[0]?.id, name: 'Company' }],
  minPasswordLength: 12,
};

/** Accounts with everything, on a panel where all of it is set up. */
export const accountAnswers: Answers = {
  'accounts.options': () => everyWay,
  'accounts.invitation': () => ({
    email: 'jo@example.net',
    invitedBy: 'alex',
    expiresAt: ahead(5 * 86_400_000),
  }),
  'accounts.register': ({ body }) => ({ email: body.email }),
  'accounts.verify': () => ({ purpose: 'registration', email: 'jo@example.net' }),
  'accounts.forgot': () => undefined,
  'accounts.reset': () => undefined,
  'accounts.updateProfile': ({ body }) => ({ ...admin, ...body }),
  'accounts.changeEmail': ({ body }) => ({ email: body.email }),
  'accounts.changePassword': () => {
    throw new AppError('invalid_credentials', 'The present password is wrong', {
      issues: [{ path: 'currentPassword', message: 'is wrong' }],
    });
  },
  'factors.get': () => allFactors,
  'factors.beginTotp': () => ({
    secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
    uri: 'otpauth://totp/Catalyst:alex%40example.org?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Catalyst',
  }),
  'factors.confirmTotp': ({ body }) => {
    if (body.code === '000000') throw new AppError('invalid_credentials', 'The code is wrong');
    return { recoveryCodes };
  },
  'factors.renewRecoveryCodes': () => ({ recoveryCodes }),
  'factors.renamePasskey': ({ body }) => ({ ...passkeys[0], name: body.name }),
  'factors.removePasskey': () => {
    throw new AppError('reauthentication_required', 'Prove once more that it is you');
  },
  'sshKeys.list': () => ({ items: sshKeys }),
  'sshKeys.add': () => {
    throw new AppError('invalid_input', 'This key cannot be used', {
      issues: [{ path: 'publicKey', message: 'must have at least 2048 bits' }],
    });
  },
  'sessions.list': () => page(sessions),
  'sessions.end': () => undefined,
  'sessions.endOthers': () => ({ ended: 3 }),
  'sessions.reauthenticationState': () => ({
    methods: ['password', 'totp', 'passkey', 'provider'],
    authenticatedUntil: null,
  }),
  'sessions.reauthenticate': () => {
    throw new AppError('invalid_credentials', 'That was not right');
  },
  'settings.get': () => panelSettings,
  'settings.update': ({ body }) => ({ ...panelSettings, ...body }),
  'mail.get': () => ({ settings: mailSettings, waiting: 1, failed: 1 }),
  'mail.test': () => ({ wasSent: false, problem: '535 5.7.8 Authentication credentials invalid' }),
  'mail.outbox': () => page(outbox),
  'mail.retry': ({ params }) => ({ ...outbox[0], id: params.id, attempts: 4 }),
  'oidc.list': () => page(providers),
  'oidc.create': ({ body }) => ({ ...providers[1], ...body }),
  'oidc.update': ({ body }) => ({ ...providers[0], ...body }),
  'oidc.test': () => ({
    answers: false,
    problem: 'getaddrinfo ENOTFOUND id.corp.example',
  }),
};

/** A panel that was only just set up. */
export const plainAccountAnswers: Answers = {
  'accounts.options': () => ({
    registration: 'off',
    domains: [],
    passwordReset: false,
    passkeys: true,
    providers: [],
    minPasswordLength: 10,
  }),
  'factors.get': () => passwordOnly,
  'sshKeys.list': () => ({ items: [] }),
  'sessions.list': () => page(sessions.filter(({ isCurrent }) => isCurrent)),
  'settings.get': () => ({
    ...panelSettings,
    registration: { mode: 'off', domains: [] },
    passwords: { minLength: 10, breachApiUrl: null },
    publicUrl: null,
    allowedNetworks: [],
    linkBase: 'http://192.168.1.10:3000',
  }),
  'mail.get': () => ({ settings: null, waiting: 0, failed: 0 }),
  'mail.outbox': () => page([]),
  'oidc.list': () => page([]),
};
