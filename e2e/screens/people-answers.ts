import { AppError } from '@catalyst/shared/contract/errors';
import { subuserPresets } from '@catalyst/shared/features/subusers';
import { admin, id } from './example-data.ts';
import {
  apiKeys,
  everyonesKeys,
  invitations,
  roles,
  serverInvites,
  subusers,
  users,
} from './example-people.ts';
import type { Answers } from './stub-routes.ts';

const page = (items: unknown[]) => ({ items, nextCursor: null });
const ahead = (ms: number) => new Date(Date.now() + ms);
const week = 7 * 86_400_000;
const token = 'Zk3vR8sQ1xT6yW0bN5mJ4hG7fD2cL9pA8eU6iO3tY1w';

/** A panel with people in it. */
export const peopleAnswers: Answers = {
  'users.list': ({ query }) =>
    page(
      users.filter(
        ({ name, role, disabledAt }) =>
          (query.q === undefined || name.includes(query.q)) &&
          (query.roleId === undefined || role.id === query.roleId) &&
          (query.status === undefined || (query.status === 'disabled') === (disabledAt !== null)),
      ),
    ),
  'users.get': ({ params }) => {
    const found = users.find((user) => user.id === params.id);
    if (!found) throw new AppError('not_found', 'There is no such user');
    return found;
  },
  'users.create': () => {
    throw new AppError('conflict', 'This e-mail address or name is taken');
  },
  'roles.list': () => page(roles),
  'accounts.invitations': () => page(invitations),
  'accounts.invite': ({ body }) => ({
    invitation: { ...invitations[0], email: body.email ?? null },
    link: {
      url: `https://panel.example.org:8443/register#${token}`,
      path: `/register#${token}`,
      expiresAt: ahead(week),
      wasMailed: body.email !== undefined,
    },
  }),
  'accounts.makeResetLink': () => ({
    url: `https://panel.example.org:8443/reset#${token}`,
    path: `/reset#${token}`,
    expiresAt: ahead(3_600_000),
    wasMailed: false,
  }),
  'subusers.list': () => page(subusers),
  'subusers.invites': () => page(serverInvites),
  'subusers.invite': ({ body }) => ({
    ...serverInvites[0],
    email: body.email ?? null,
    permissions: body.permissions,
    token,
    url: `https://panel.example.org:8443/invite#${token}`,
  }),
  'subusers.previewInvite': () => ({
    server: { name: 'Survival' },
    invitedBy: { name: admin.name },
    isPersonal: true,
    permissions: [...subuserPresets.operator.permissions],
    expiresAt: ahead(week - 3_600_000),
  }),
  'subusers.acceptInvite': () => {
    throw new AppError('forbidden', 'This invite is for another e-mail address');
  },
  'apiKeys.list': () => page(apiKeys),
  'apiKeys.create': ({ body }) => ({
    ...apiKeys[0],
    id: id(440),
    name: body.name,
    scopes: body.scopes,
    key: `catalyst_${token}`,
  }),
  'adminApiKeys.list': ({ query }) =>
    page(everyonesKeys.filter(({ owner }) => query.userId === undefined || owner.id === query.userId)),
};

/** One where nobody was invited to anything. */
export const nobodyAnswers: Answers = {
  'users.list': () => page(users.slice(-1)),
  'roles.list': () => page(roles.slice(0, 2).map((role) => ({ ...role, userCount: 0 }))),
  'accounts.invitations': () => page([]),
  'subusers.list': () => page([]),
  'subusers.invites': () => page([]),
  'apiKeys.list': () => page([]),
  'adminApiKeys.list': () => page([]),
};
