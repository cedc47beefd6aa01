import { AppError } from '@catalyst/shared/contract/errors';
import type { Page } from 'playwright-core';
import type { DataSet } from './data-sets.ts';
import { panelSettings, providers } from './example-accounts.ts';
import { heading, seen, skeleton } from './look-for.ts';
import type { Screen } from './screens.ts';
import type { Answers } from './stub-routes.ts';

const all: DataSet[] = ['empty', 'loading', 'full', 'failing'];
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });
const refuse =
  (...args: ConstructorParameters<typeof AppError>) =>
  () => {
    throw new AppError(...args);
  };
const signedOut: Answers = { 'sessions.me': refuse('unauthenticated', 'Nobody is signed in') };
type Method = 'totp' | 'recovery-code' | 'passkey';
/** Made when it is asked for: its time runs from then. */
const challenge = (...methods: Method[]) => ({
  token: 'c',
  methods,
  expiresAt: new Date(Date.now() + 300_000),
});
const asks = (...methods: Method[]): Answers => ({
  ...signedOut,
  'sessions.login': () => {
    throw new AppError('factor_required', 'Now prove the second factor', {
      challenge: challenge(...methods),
    });
  },
  'sessions.factor': refuse('invalid_credentials', 'The code is wrong or was used already'),
});
const signIn = async (page: Page) => {
  await page.getByLabel('E-mail').fill('alex@example.org');
  await page.getByRole('textbox', { name: 'Password' }).fill('correct horse battery');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
};

const entryScreens: Screen[] = [
  {
    name: 'sign-in-every-way',
    path: '/sign-in',
    host: 'localhost',
    dataSets: ['full'],
    answers: signedOut,
    shown: (page) => seen(page, 'Sign in with Company'),
  },
  {
    name: 'sign-in-code',
    path: '/sign-in',
    host: 'localhost',
    dataSets: ['full', 'failing'],
    answers: asks('totp', 'recovery-code', 'passkey'),
    act: async (page, dataSet) => {
      await signIn(page);
      await page.getByLabel('Code', { exact: true }).waitFor();
      if (dataSet === 'failing') await page.getByLabel('Code', { exact: true }).fill('123 456');
    },
    shown: (page, dataSet) => seen(page, dataSet === 'failing' ? 'This code is not right' : 'Six digits'),
  },
  {
    name: 'sign-in-recovery-code',
    path: '/sign-in',
    dataSets: ['full'],
    answers: asks('totp', 'recovery-code'),
    act: async (page) => {
      await signIn(page);
      await button(page, 'Use a recovery code').click();
    },
    shown: (page) => page.getByLabel('Recovery code').waitFor(),
  },
  {
    name: 'sign-in-must-change',
    path: '/sign-in',
    dataSets: ['full'],
    answers: {
      ...signedOut,
      'sessions.login': () => {
        throw new AppError('password_change_required', 'Choose a new password first', {
          challenge: challenge(),
        });
      },
    },
    act: signIn,
    shown: (page) => heading(page, 'Choose your own password'),
  },
  {
    name: 'sign-in-callback-failed',
    path: '/sign-in/callback?error=access_denied&state=s',
    dataSets: ['full'],
    answers: {
      ...signedOut,
      'oidc.finish': refuse('invalid_credentials', 'The provider says: access_denied'),
    },
    shown: (page) => seen(page, 'The provider’s answer was not accepted'),
  },
  {
    name: 'register',
    path: '/register',
    dataSets: all,
    answers: signedOut,
    act: async (page, dataSet) => {
      if (dataSet !== 'full') return;
      await page.getByLabel('E-mail').fill('jo@example');
      await page.getByRole('textbox', { name: 'Password' }).fill('short');
      await button(page, 'Create account').click();
    },
    shown: (page, dataSet) =>
      ({
        empty: () => heading(page, 'Registration is closed'),
        loading: () => skeleton(page),
        full: () => seen(page, 'Must have at least 12 characters'),
        failing: () => seen(page, 'The panel did not say how to register'),
      })[dataSet](),
  },
  {
    name: 'register-mailed',
    path: '/register',
    dataSets: ['full'],
    answers: signedOut,
    act: async (page) => {
      await page.getByLabel('E-mail').fill('jo@example.org');
      await page.getByRole('textbox', { name: 'Password' }).fill('correct horse battery');
      await button(page, 'Create account').click();
    },
    shown: (page) => heading(page, 'Look into your mail'),
  },
  {
    name: 'register-invited',
    path: '/register#Zk3vR8sQ1xT6yW0bN5mJ4hG7fD2cL9pA8eU6iO3tY1w',
    dataSets: ['full'],
    answers: signedOut,
    shown: (page) => seen(page, 'alex invites you'),
  },
  {
    name: 'register-invitation-gone',
    path: '/register#Zk3vR8sQ1xT6yW0bN5mJ4hG7fD2cL9pA8eU6iO3tY1w',
    dataSets: ['full'],
    answers: {
      ...signedOut,
      'accounts.invitation': refuse('invalid_credentials', 'This invitation has run out or was used'),
    },
    shown: (page) => seen(page, 'This invitation does not work'),
  },
  {
    name: 'forgot',
    path: '/forgot',
    dataSets: ['empty', 'full', 'failing'],
    answers: signedOut,
    act: async (page, dataSet) => {
      if (dataSet === 'empty') return;
      await page.getByLabel('E-mail').fill('jo@example.org');
      if (dataSet === 'failing') await button(page, 'Send the link').click();
    },
    shown: (page, dataSet) =>
      ({
        empty: () => seen(page, 'This panel sends no mail'),
        loading: () => skeleton(page),
        full: () => heading(page, 'Forgot your password?'),
        failing: () => seen(page, 'No link was asked for'),
      })[dataSet](),
  },
  {
    name: 'forgot-sent',
    path: '/forgot',
    dataSets: ['full'],
    answers: signedOut,
    act: async (page) => {
      await page.getByLabel('E-mail').fill('jo@example.org');
      await button(page, 'Send the link').click();
    },
    shown: (page) => seen(page, 'a link is on its way'),
  },
  {
    name: 'reset',
    path: '/reset#Zk3vR8sQ1xT6yW0bN5mJ4hG7fD2cL9pA8eU6iO3tY1w',
    dataSets: ['empty', 'full'],
    answers: {
      ...signedOut,
      'accounts.reset': refuse('invalid_input', 'This password cannot be used', {
        issues: [{ path: 'password', message: 'is one that many people use' }],
      }),
    },
    act: async (page, dataSet) => {
      if (dataSet === 'empty') return;
      await page.getByRole('textbox', { name: 'New password' }).fill('password12345');
      await button(page, 'Set password').click();
    },
    shown: (page, dataSet) =>
      dataSet === 'full' ? seen(page, 'Is one that many people use') : heading(page, 'Set a new password'),
  },
  {
    name: 'reset-gone',
    path: '/reset#Zk3vR8sQ1xT6yW0bN5mJ4hG7fD2cL9pA8eU6iO3tY1w',
    dataSets: ['full'],
    answers: {
      ...signedOut,
      'accounts.reset': refuse('invalid_credentials', 'This link has run out or was used already'),
    },
    act: async (page) => {
      await page.getByRole('textbox', { name: 'New password' }).fill('correct horse battery');
      await button(page, 'Set password').click();
    },
    shown: (page) => seen(page, 'This link does not work'),
  },
  {
    name: 'reset-done',
    path: '/reset#Zk3vR8sQ1xT6yW0bN5mJ4hG7fD2cL9pA8eU6iO3tY1w',
    dataSets: ['full'],
    answers: signedOut,
    act: async (page) => {
      await page.getByRole('textbox', { name: 'New password' }).fill('correct horse battery');
      await button(page, 'Set password').click();
    },
    shown: (page) => heading(page, 'Your password is set'),
  },
  {
    name: 'verify',
    path: '/verify#Zk3vR8sQ1xT6yW0bN5mJ4hG7fD2cL9pA8eU6iO3tY1w',
    dataSets: ['full'],
    answers: signedOut,
    shown: (page) => heading(page, 'Confirm your e-mail address'),
  },
  {
    name: 'verify-done',
    path: '/verify#Zk3vR8sQ1xT6yW0bN5mJ4hG7fD2cL9pA8eU6iO3tY1w',
    dataSets: ['full'],
    answers: signedOut,
    act: (page) => button(page, 'Confirm address').click(),
    shown: (page) => heading(page, 'Your address is confirmed'),
  },
];

const ownScreens: Screen[] = [
  {
    name: 'account',
    path: '/account',
    dataSets: ['full'],
    shown: (page) => seen(page, 'alex@example.org'),
  },
  {
    name: 'account-unsaved',
    path: '/account',
    dataSets: ['full'],
    act: (page) => page.getByLabel('User name').fill('Alex!'),
    shown: (page) => seen(page, 'Correct what is marked first'),
  },
  {
    name: 'account-email',
    path: '/account',
    dataSets: ['full'],
    act: async (page) => {
      await button(page, 'Change address').click();
      await page.getByLabel('New address').fill('alex@example.net');
      await page.getByRole('dialog').getByRole('button', { name: 'Change address' }).click();
    },
    shown: (page) => seen(page, 'A link was mailed to alex@example.net'),
  },
  {
    name: 'account-security',
    path: '/account/security',
    host: 'localhost',
    dataSets: all,
    shown: (page, dataSet) =>
      ({
        empty: () => seen(page, 'Passkeys do not work at this address'),
        loading: () => skeleton(page),
        full: () => seen(page, 'Work laptop'),
        failing: () => seen(page, 'Your ways to sign in could not be read'),
      })[dataSet](),
  },
  {
    name: 'account-password-wrong',
    path: '/account/security',
    dataSets: ['full'],
    act: async (page) => {
      await page.getByRole('textbox', { name: 'Current password' }).fill('not it');
      await page.getByRole('textbox', { name: 'New password' }).fill('correct horse battery');
      await button(page, 'Change password').click();
    },
    shown: (page) => seen(page, 'This is not your current password'),
  },
  {
    name: 'account-totp',
    path: '/account/security',
    dataSets: ['empty'],
    act: async (page) => {
      await button(page, 'Turn on').click();
      await page.getByLabel('Code', { exact: true }).fill('000 000');
    },
    shown: (page) => seen(page, 'Wait for the next one'),
  },
  {
    name: 'account-recovery-codes',
    path: '/account/security',
    dataSets: ['full'],
    act: async (page) => {
      await button(page, 'Make new codes').click();
      await page.getByRole('dialog').getByRole('button', { name: 'Make codes' }).click();
    },
    shown: (page) => seen(page, 'k4wz-7ydq-m2rb-x6ta'),
  },
  {
    name: 'account-add-passkey',
    path: '/account/security',
    host: 'localhost',
    dataSets: ['full'],
    act: (page) => button(page, 'Add a passkey').click(),
    shown: (page) => page.getByRole('dialog').getByLabel('Name').waitFor(),
  },
  {
    name: 'account-add-ssh-key',
    path: '/account/security',
    dataSets: ['full'],
    act: async (page) => {
      await button(page, 'Add an SSH key').click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Public key').fill('ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQDc old laptop');
      await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    },
    shown: (page) => seen(page, 'must have at least 2048 bits'),
  },
  {
    name: 'account-proof',
    path: '/account/security',
    host: 'localhost',
    dataSets: ['full'],
    act: async (page) => {
      await button(page, 'Remove Work laptop').click();
      await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
      const proof = page.getByRole('dialog', { name: 'Confirm it is you' });
      await proof.getByRole('textbox', { name: 'Password' }).fill('not it');
      await proof.getByRole('button', { name: 'Confirm', exact: true }).click();
    },
    shown: (page) => seen(page, 'This is not your password'),
  },
  {
    name: 'account-sessions',
    path: '/account/sessions',
    dataSets: all,
    shown: (page, dataSet) =>
      ({
        empty: () => seen(page, 'This one'),
        loading: () => skeleton(page),
        full: () => seen(page, 'Catalyst on Windows'),
        failing: () => seen(page, 'Your sessions could not be read'),
      })[dataSet](),
  },
  {
    name: 'account-end-others',
    path: '/account/sessions',
    dataSets: ['full'],
    act: (page) => button(page, 'End all others').click(),
    shown: (page) => seen(page, 'API keys keep working'),
  },
];

const settingsScreens: Screen[] = [
  {
    name: 'settings-sign-in',
    path: '/settings/sign-in',
    dataSets: all,
    shown: (page, dataSet) =>
      ({
        empty: () => seen(page, 'Links begin with http://192.168.1.10:3000'),
        loading: () => skeleton(page),
        full: () => seen(page, 'guild.example.net'),
        failing: () => seen(page, 'The settings could not be read'),
      })[dataSet](),
  },
  {
    name: 'settings-sign-in-unsaved',
    path: '/settings/sign-in',
    dataSets: ['empty'],
    act: async (page) => {
      await page.getByRole('radio', { name: 'Addresses of some domains' }).check();
      await page.getByLabel('Public address').fill('panel.example.org');
    },
    shown: (page) => seen(page, 'Registration waits for mail'),
  },
  {
    name: 'settings-sign-in-read-only',
    path: '/settings/sign-in',
    dataSets: ['full'],
    answers: {
      'settings.get': () => ({ ...panelSettings, isPublicUrlFixed: true }),
      'sessions.me': () => ({
        id: providers[0]?.id,
        email: 'sam@example.org',
        name: 'sam',
        displayName: null,
        role: 'auditor',
        permissions: ['settings.read'],
        nodeIds: null,
        createdAt: new Date(),
      }),
    },
    shown: (page) => seen(page, 'but not change them'),
  },
  {
    name: 'settings-servers',
    path: '/settings/servers',
    dataSets: ['full', 'failing'],
    shown: (page, dataSet) =>
      dataSet === 'failing'
        ? seen(page, 'The settings could not be read')
        : seen(page, 'Only those who may suspend servers'),
  },
  {
    name: 'settings-mail',
    path: '/settings/mail',
    dataSets: all,
    shown: (page, dataSet) =>
      ({
        empty: () => seen(page, 'No mail is set up'),
        loading: () => skeleton(page),
        full: () => seen(page, 'nobody@example.net'),
        failing: () => seen(page, 'The mail settings could not be read'),
      })[dataSet](),
  },
  {
    name: 'settings-mail-test',
    path: '/settings/mail',
    dataSets: ['full'],
    act: (page) => button(page, 'Send a test mail').click(),
    shown: (page) => seen(page, '535 5.7.8'),
  },
  {
    name: 'settings-mail-unsaved',
    path: '/settings/mail',
    dataSets: ['full'],
    act: async (page) => {
      await page.getByText('None', { exact: true }).click();
      await page.getByLabel('Host').fill('mail.example.net');
      await page.getByLabel('Address', { exact: true }).fill('nobody');
    },
    shown: (page) => seen(page, 'It belongs to another host'),
  },
  {
    name: 'settings-providers',
    path: '/settings/providers',
    dataSets: all,
    shown: (page, dataSet) =>
      ({
        empty: () => seen(page, 'No provider'),
        loading: () => skeleton(page),
        full: () => seen(page, 'https://auth.guild.example.net'),
        failing: () => seen(page, 'The providers could not be read'),
      })[dataSet](),
  },
  {
    name: 'settings-provider',
    path: `/settings/providers/${providers[0]?.id}`,
    dataSets: ['full'],
    act: async (page) => {
      await button(page, 'Test the connection').click();
      await button(page, 'Add a group').click();
    },
    shown: (page) => seen(page, 'getaddrinfo ENOTFOUND'),
  },
  {
    name: 'settings-new-provider',
    path: '/settings/providers/new',
    dataSets: ['full'],
    act: async (page) => {
      await page.getByLabel('Issuer').fill('id.example.org');
      await button(page, 'Add provider').click();
    },
    shown: (page) => seen(page, 'Fill this in'),
  },
];

/** Accounts: in front of the sign-in, one's own, and the settings that are about them. */
export const accountScreens: Screen[] = [...entryScreens, ...ownScreens, ...settingsScreens];
