import { AppError } from '@catalyst/shared/contract/errors';
import { subuserPresets } from '@catalyst/shared/features/subusers';
import type { Page } from 'playwright-core';
import type { DataSet } from './data-sets.ts';
import { ids, servers } from './example-data.ts';
import { moderator, roles, supporter, users } from './example-people.ts';
import { heading, seen, skeleton } from './look-for.ts';
import type { Screen } from './screens.ts';
import type { Answers } from './stub-routes.ts';

const all: DataSet[] = ['empty', 'loading', 'full', 'failing'];
const asSupporter: Answers = { 'sessions.me': () => supporter };
const sharingPath = `/servers/${ids.running}/sharing`;
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });
const sharedServer = { ...servers[0], owner: { id: users[2]?.id, name: users[2]?.name } };
const nobody: Answers = {
  'sessions.me': () => {
    throw new AppError('unauthenticated', 'Nobody is signed in');
  },
  'accounts.options': () => ({
    ...{ registration: 'open', domains: [], passwordReset: true, passkeys: true, providers: [] },
    minPasswordLength: 10,
  }),
};
const inviteGone: Answers = {
  'subusers.previewInvite': () => {
    throw new AppError('not_found', 'This invite was used, taken back, or has expired');
  },
};

/** People and what they may do. */
export const peopleScreens: Screen[] = [
  {
    name: 'users',
    path: '/people',
    dataSets: all,
    shown: (page, dataSet) =>
      ({
        empty: () => seen(page, 'Alex Moreau'),
        loading: () => skeleton(page),
        full: () => seen(page, 'Robin Okafor'),
        failing: () => seen(page, 'The users could not be read'),
      })[dataSet](),
  },
  {
    name: 'users-selected',
    path: '/people/users',
    dataSets: ['full'],
    act: async (page) => {
      for (const name of ['robin', 'noor', 'kim']) {
        await page.getByRole('checkbox', { name: `Select ${name}` }).check();
      }
    },
    shown: (page) => seen(page, '3 selected'),
  },
  {
    name: 'users-no-match',
    path: '/people/users',
    dataSets: ['full'],
    act: (page) => page.getByRole('textbox', { name: 'Search by name or e-mail' }).fill('zora'),
    shown: (page) => seen(page, 'Nobody matches'),
  },
  {
    name: 'create-user',
    path: '/people/users',
    dataSets: ['full', 'failing'],
    act: async (page, dataSet) => {
      await button(page, 'Create user').click();
      const dialog = page.getByRole('dialog');
      if (dataSet === 'full') {
        await dialog.getByLabel('E-mail').fill('robin@example.org');
        await dialog.getByLabel('User name').fill('robin');
        await dialog.getByRole('textbox', { name: 'Password' }).fill('a good long password');
      }
      await dialog.getByRole('button', { name: 'Create user' }).click();
    },
    shown: (page, dataSet) => seen(page, dataSet === 'full' ? 'is taken' : 'Fill this in'),
  },
  {
    name: 'invite-user',
    path: '/people/users',
    dataSets: ['full'],
    answers: asSupporter,
    act: async (page) => {
      await button(page, 'Invite').click();
      await page.getByRole('combobox', { name: 'Role' }).last().click();
    },
    shown: (page) => seen(page, 'Administrator (holds more than you)'),
  },
  {
    name: 'invited-user',
    path: '/people/users',
    dataSets: ['full'],
    act: async (page) => {
      await button(page, 'Invite').click();
      await button(page, 'Make a link').click();
    },
    shown: (page) => seen(page, 'Send this link yourself'),
  },
  {
    name: 'user',
    path: `/people/users/${users[0]?.id}`,
    dataSets: ['loading', 'full', 'failing'],
    shown: (page, dataSet) =>
      dataSet === 'loading'
        ? skeleton(page)
        : seen(page, dataSet === 'full' ? 'Discord' : 'The user could not be read'),
  },
  {
    name: 'user-with-a-long-name',
    path: `/people/users/${users[2]?.id}`,
    dataSets: ['full'],
    shown: (page) => seen(page, 'Has no API key'),
  },
  {
    name: 'user-who-holds-more',
    path: `/people/users/${users[4]?.id}`,
    dataSets: ['full'],
    answers: asSupporter,
    shown: (page) => seen(page, 'holds rights that you do not hold'),
  },
  {
    name: 'user-yourself',
    path: `/people/users/${users[5]?.id}`,
    dataSets: ['full'],
    shown: (page) => seen(page, 'Survival'),
  },
  {
    name: 'user-link',
    path: `/people/users/${users[0]?.id}`,
    dataSets: ['full'],
    act: async (page) => {
      await button(page, 'Make a link').click();
      await page.getByRole('dialog').getByRole('button', { name: 'Make a link' }).click();
    },
    shown: (page) => seen(page, 'https://panel.example.org:8443/reset'),
  },
  {
    name: 'delete-user',
    path: `/people/users/${users[0]?.id}`,
    dataSets: ['full'],
    act: async (page) => {
      await button(page, 'Delete user…').click();
      await page.getByRole('combobox', { name: 'New owner' }).click();
    },
    shown: (page) => seen(page, 'Kim Larsen (kim@example.org)'),
  },
  {
    name: 'roles',
    path: '/people/roles',
    dataSets: all,
    shown: (page, dataSet) =>
      ({
        empty: () => seen(page, '0 users'),
        loading: () => skeleton(page),
        full: () => seen(page, 'Support'),
        failing: () => seen(page, 'The roles could not be read'),
      })[dataSet](),
  },
  {
    name: 'role',
    path: `/people/roles/${roles[3]?.id}`,
    dataSets: ['loading', 'full', 'failing'],
    act: async (page, dataSet) => {
      if (dataSet !== 'full') return;
      await page.getByRole('checkbox', { name: 'See alerts' }).waitFor();
      await page.getByRole('checkbox', { name: 'See templates' }).check();
    },
    shown: (page, dataSet) =>
      ({
        empty: () => Promise.resolve(),
        loading: () => skeleton(page),
        full: () => seen(page, 'Unsaved changes'),
        failing: () => seen(page, 'The roles could not be read'),
      })[dataSet](),
  },
  {
    name: 'role-administrator',
    path: `/people/roles/${roles[0]?.id}`,
    dataSets: ['full'],
    shown: (page) => seen(page, 'so that there is always a way in'),
  },
  {
    name: 'role-by-one-with-fewer-rights',
    path: '/people/roles/new',
    dataSets: ['full'],
    answers: asSupporter,
    act: async (page) => {
      await page.getByLabel('Name').fill('Helpers');
      await page.getByRole('checkbox', { name: 'Read the console' }).check();
    },
    shown: (page) => seen(page, 'Rights with a lock'),
  },
  {
    name: 'role-find-a-right',
    path: '/people/roles/new',
    dataSets: ['full'],
    act: (page) => page.getByRole('textbox', { name: 'Find a right' }).fill('passw'),
    shown: (page) => seen(page, 'Rotate database passwords'),
  },
  {
    name: 'invitations',
    path: '/people/invitations',
    dataSets: all,
    shown: (page, dataSet) =>
      ({
        empty: () => seen(page, 'No open invitation'),
        loading: () => skeleton(page),
        full: () => seen(page, 'juno@example.org'),
        failing: () => seen(page, 'The invitations could not be read'),
      })[dataSet](),
  },
  {
    name: 'everyones-keys',
    path: '/people/api-keys',
    dataSets: all,
    shown: (page, dataSet) =>
      ({
        empty: () => seen(page, 'No API key'),
        loading: () => skeleton(page),
        full: () => seen(page, 'Discord'),
        failing: () => seen(page, 'The API keys could not be read'),
      })[dataSet](),
  },
  {
    name: 'own-keys',
    path: '/account/api-keys',
    dataSets: all,
    shown: (page, dataSet) =>
      ({
        empty: () => seen(page, 'No API key'),
        loading: () => skeleton(page),
        full: () => seen(page, 'Status page'),
        failing: () => seen(page, 'The API keys could not be read'),
      })[dataSet](),
  },
  {
    name: 'new-key',
    path: '/account/api-keys',
    dataSets: ['full'],
    answers: { 'sessions.me': () => moderator },
    act: async (page) => {
      await button(page, 'New key').first().click();
      const dialog = page.getByRole('dialog');
      await dialog.getByText('Choose', { exact: true }).click();
      await dialog.getByLabel('Only from').fill('at home');
      await dialog.getByRole('button', { name: 'New key' }).click();
    },
    shown: (page) => seen(page, 'Must be an address or a network'),
  },
  {
    name: 'created-key',
    path: '/account/api-keys',
    dataSets: ['full'],
    act: async (page) => {
      await button(page, 'New key').first().click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Name').fill('Status page of the club');
      await dialog.getByRole('button', { name: 'New key' }).click();
    },
    shown: (page) => seen(page, 'it is shown only this once'),
  },
  {
    name: 'revoke-key',
    path: '/account/api-keys',
    dataSets: ['full'],
    act: (page) => button(page, 'Revoke Status page').click(),
    shown: (page) => seen(page, 'are refused at once'),
  },
  {
    name: 'sharing',
    path: sharingPath,
    dataSets: all,
    answers: { 'servers.get': () => servers[0] },
    shown: (page, dataSet) =>
      ({
        empty: () => seen(page, 'Nobody else has access yet'),
        loading: () => skeleton(page),
        full: () => seen(page, 'juno@example.org'),
        failing: () => seen(page, 'Who has access could not be read'),
      })[dataSet](),
  },
  {
    name: 'sharing-invite',
    path: sharingPath,
    dataSets: ['full'],
    act: async (page) => {
      await button(page, 'Invite').click();
      await page.getByText('Operator', { exact: true }).click();
    },
    shown: (page) => page.getByRole('radio', { name: /^Operator/ }).waitFor(),
  },
  {
    name: 'sharing-link',
    path: sharingPath,
    dataSets: ['full'],
    act: async (page) => {
      await button(page, 'Invite').click();
      await page.getByRole('dialog').getByLabel('E-mail').fill('juno@example.org');
      await button(page, 'Create link').click();
    },
    shown: (page) => seen(page, 'Only the account with juno@example.org'),
  },
  {
    name: 'sharing-edit',
    path: sharingPath,
    dataSets: ['full'],
    act: (page) => button(page, 'Change rights of mika').click(),
    shown: (page) => seen(page, 'Counts at once'),
  },
  {
    name: 'sharing-as-viewer',
    path: sharingPath,
    dataSets: ['full'],
    answers: {
      'sessions.me': () => moderator,
      'servers.get': () => ({ ...sharedServer, permissions: [...subuserPresets.viewer.permissions] }),
    },
    shown: (page) => seen(page, 'You give up your access'),
  },
  {
    name: 'sharing-as-manager',
    path: sharingPath,
    dataSets: ['full'],
    answers: {
      'sessions.me': () => moderator,
      'servers.get': () => ({
        ...sharedServer,
        permissions: [
          ...subuserPresets.powerUser.permissions,
          'subuser.read',
          'subuser.write',
          'subuser.delete',
        ],
      }),
    },
    shown: (page) => seen(page, 'You give up your access'),
  },
  {
    name: 'transfer-ownership',
    path: sharingPath,
    dataSets: ['full'],
    act: async (page) => {
      await button(page, 'Transfer ownership…').click();
      await page.getByRole('combobox', { name: 'New owner' }).click();
    },
    shown: (page) => seen(page, 'Kim Larsen (kim@example.org)'),
  },
  {
    name: 'invite',
    path: '/invite#Zk3vR8sQ1xT6yW0bN5mJ4hG7fD2cL9pA8eU6iO3tY1w',
    dataSets: ['loading', 'full', 'failing'],
    answers: nobody,
    shown: (page, dataSet) =>
      dataSet === 'loading'
        ? skeleton(page)
        : seen(page, dataSet === 'full' ? 'Create an account' : 'The invitation could not be read'),
  },
  {
    name: 'invite-signed-in',
    path: '/invite#Zk3vR8sQ1xT6yW0bN5mJ4hG7fD2cL9pA8eU6iO3tY1w',
    dataSets: ['full'],
    answers: { 'sessions.me': () => moderator },
    act: (page) => button(page, 'Accept').click(),
    shown: (page) => seen(page, 'for another e-mail address'),
  },
  {
    name: 'invite-not-valid',
    path: '/invite#Zk3vR8sQ1xT6yW0bN5mJ4hG7fD2cL9pA8eU6iO3tY1w',
    dataSets: ['full'],
    answers: { ...nobody, ...inviteGone },
    shown: (page) => heading(page, 'This invitation is not valid'),
  },
  {
    name: 'people-forbidden',
    path: '/people/users',
    dataSets: ['full'],
    answers: { 'sessions.me': () => moderator },
    shown: (page) => heading(page, 'Not for your role'),
  },
];
