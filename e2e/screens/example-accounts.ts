import type { Passkey } from '@catalyst/shared/features/factors';
import type { OutgoingMail } from '@catalyst/shared/features/mail';
import type { OidcProvider } from '@catalyst/shared/features/oidc';
import type { Session } from '@catalyst/shared/features/sessions';
import type { SshKey } from '@catalyst/shared/features/sftp';
import { id } from './example-data.ts';
import { roles } from './example-people.ts';

const hour = 3_600_000;
const day = 24 * hour;
const ago = (ms: number) => new Date(Date.now() - ms);

export const passkeys: Passkey[] = [
  {
    id: id(960),
    name: 'Work laptop',
    createdAt: ago(90 * day),
    lastUsedAt: ago(2 * hour),
    isSynced: false,
    host: 'localhost',
  },
  {
    id: id(961),
    name: 'Phone',
    createdAt: ago(30 * day),
    lastUsedAt: null,
    isSynced: true,
    host: 'panel.example.org',
  },
];

export const sshKeys: SshKey[] = [
  {
    id: id(962),
    name: 'alex@work-laptop',
    type: 'ssh-ed25519',
    fingerprint: 'SHA256:uNiVztksCsDhcc0u9e8BrqNXPTQvjOaSvH3bXYCzMcY',
    createdAt: ago(80 * day),
    lastUsedAt: ago(5 * hour),
  },
  {
    id: id(963),
    name: 'Backups',
    type: 'ssh-rsa',
    fingerprint: 'SHA256:p2QAMXNIC1TJYWeIOttrVc98gPhWqkQ8Xm9Uu3YrTbc',
    createdAt: ago(10 * day),
    lastUsedAt: null,
  },
];

const companyAccount = {
  id: id(965),
  provider: { id: id(970), name: 'Company' },
  label: 'alex.moreau@corp.example',
  createdAt: ago(60 * day),
  lastUsedAt: ago(3 * day),
};

/** Everything turned on. */
export const allFactors = {
  hasPassword: true,
  totp: { isEnabled: true, enabledAt: ago(90 * day) },
  recoveryCodesLeft: 2,
  passkeys,
  passkeyProblem: null,
  identities: [companyAccount],
};

/** An account as it is after registering. */
export const passwordOnly = {
  hasPassword: true,
  totp: { isEnabled: false, enabledAt: null },
  recoveryCodesLeft: 0,
  passkeys: [],
  passkeyProblem: 'Passkeys need a name such as panel.example.com; this panel is reached by a number',
  identities: [],
};

export const recoveryCodes = [
  'k4wz-7ydq-m2rb-x6ta',
  'p3hn-c5vj-u7ls-e2gf',
  'b6mx-t4qa-z7ow-d3ki',
  'r2ye-n5ug-s6cl-v4jh',
  'f7pd-a3xt-q5bn-m6wz',
  'h4li-w2kr-o7ye-c5us',
  'g3tv-j6fm-b2qd-p4xn',
  'z5ra-e7hs-l3kw-u6yo',
];

const session = (n: number, values: Partial<Session>): Session => ({
  id: id(980 + n),
  device: { kind: 'browser', program: 'Firefox', system: 'Linux' },
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  ip: '192.168.1.23',
  createdAt: ago(6 * hour),
  lastUsedAt: ago(0),
  expiresAt: new Date(Date.now() + 18 * hour),
  isCurrent: false,
  ...values,
});

export const sessions: Session[] = [
  session(1, {
    device: { kind: 'desktop', program: 'Catalyst', system: 'Windows' },
    ip: '2001:db8:85a3:8d3:1319:8a2e:370:7348',
    lastUsedAt: ago(14 * 60_000),
  }),
  session(2, { isCurrent: true }),
  session(3, {
    device: { kind: 'browser', program: 'Safari', system: 'iOS' },
    ip: '203.0.113.77',
    createdAt: ago(20 * hour),
    lastUsedAt: ago(11 * hour),
  }),
  session(4, { device: { kind: 'program', program: 'curl', system: null }, lastUsedAt: ago(19 * hour) }),
];

export const panelSettings = {
  registration: { mode: 'domain' as const, domains: ['example.org', 'guild.example.net'] },
  publicUrl: 'https://panel.example.org:8443',
  passwords: { minLength: 12, breachApiUrl: null },
  allowedNetworks: ['10.20.0.0/16'],
  suspendedDeletion: 'administrators',
  uploadLimitMb: 100,
  isPublicUrlFixed: false,
  linkBase: 'https://panel.example.org:8443',
};

export const mailSettings = {
  host: 'smtp.example.org',
  port: 587,
  security: 'starttls' as const,
  username: 'panel@example.org',
  from: 'panel@example.org',
  fromName: 'Catalyst at Example',
  hasPassword: true,
};

const mail = (n: number, values: Partial<OutgoingMail>): OutgoingMail => ({
  id: id(1000 + n),
  kind: 'invitation',
  recipient: 'jo@example.net',
  state: 'sent',
  attempts: 1,
  problem: null,
  nextAttemptAt: null,
  createdAt: ago(n * hour),
  sentAt: ago(n * hour),
  ...values,
});

export const outbox: OutgoingMail[] = [
  mail(1, {
    state: 'waiting',
    attempts: 3,
    sentAt: null,
    problem: 'connect ECONNREFUSED 198.51.100.9:587',
    nextAttemptAt: new Date(Date.now() + 8 * 60_000),
    recipient: 'robin.okafor@a-rather-long-domain-name.example.com',
    kind: 'password-reset',
  }),
  mail(2, { kind: 'account-changed', recipient: 'alex@example.org' }),
  mail(26, {
    state: 'failed',
    attempts: 8,
    sentAt: null,
    problem: '550 5.1.1 The mailbox of nobody@example.net is not here',
    recipient: 'nobody@example.net',
  }),
  mail(30, { kind: 'registration', recipient: 'kim@example.org' }),
];

const provider = (n: number, values: Partial<OidcProvider>): OidcProvider => ({
  id: id(970 + n),
  name: 'Company',
  issuer: 'https://id.corp.example/realms/games',
  clientId: 'catalyst',
  scopes: ['openid', 'email', 'profile', 'groups'],
  allowCreate: true,
  isTrusted: true,
  skipsFactor: false,
  groupClaim: 'groups',
  groupRoles: [
    { group: 'game-admins', roleId: roles[0]?.id ?? '' },
    { group: 'everyone', roleId: roles[1]?.id ?? '' },
  ],
  isEnabled: true,
  hasSecret: true,
  redirectUri: 'https://panel.example.org:8443/sign-in/callback',
  createdAt: ago(120 * day),
  updatedAt: ago(4 * day),
  ...values,
});

export const providers: OidcProvider[] = [
  provider(0, {}),
  provider(1, {
    name: 'Guild',
    issuer: 'https://auth.guild.example.net',
    allowCreate: false,
    isTrusted: false,
    isEnabled: false,
    hasSecret: false,
    groupClaim: null,
    groupRoles: [],
  }),
];
