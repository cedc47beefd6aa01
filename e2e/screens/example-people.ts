import { grantsOf, permissions, serverPermissions } from '@catalyst/shared/contract/permissions';
import type { Invitation } from '@catalyst/shared/features/accounts';
import type { ApiKey } from '@catalyst/shared/features/api-keys';
import type { Role } from '@catalyst/shared/features/roles';
import { type ServerInvite, type Subuser, subuserPresets } from '@catalyst/shared/features/subusers';
import type { ManagedUser, User } from '@catalyst/shared/features/users';
import { admin, id, nodes } from './example-data.ts';

const hour = 3_600_000;
const day = 24 * hour;
const ago = (ms: number) => new Date(Date.now() - ms);
const ahead = (ms: number) => new Date(Date.now() + ms);

const supportRights = [
  'server.read',
  'server.start',
  'server.stop',
  'console.read',
  'node.read',
  'user.read',
];

const role = (n: number, name: string, changes: Partial<Role>): Role => ({
  ...{ id: id(300 + n), name, builtIn: null, permissions: [], nodeIds: null, userCount: 0 },
  createdAt: ago(30 * day),
  ...changes,
});

export const roles: Role[] = [
  role(1, 'Administrator', { builtIn: 'administrator', permissions: ['*'], userCount: 2 }),
  role(2, 'User', { builtIn: 'user', permissions: ['template.read'], userCount: 41 }),
  role(3, 'Support', { permissions: supportRights, userCount: 3 }),
  role(4, 'Keeper of the machines in the attic and everything that runs on them', {
    permissions: ['server.*', 'console.*', 'file.*', 'backup.*', 'node.read', 'node.update', 'alert.*'],
    nodeIds: [nodes[0]?.id as string, nodes[1]?.id as string],
    userCount: 1,
  }),
  role(5, 'Nobody yet', { permissions: ['audit.read'] }),
];
const referenceTo = (n: number) => {
  const { id: roleId, name } = roles[n] as Role;
  return { id: roleId, name };
};

const user = (n: number, name: string, changes: Partial<ManagedUser>): ManagedUser => ({
  id: id(900 + n),
  email: `${name}@example.org`,
  name,
  displayName: null,
  role: referenceTo(1),
  disabledAt: null,
  mustChangePassword: false,
  ownedServers: 0,
  createdAt: ago(n * 5 * day),
  updatedAt: ago(day),
  ...changes,
});

export const users: ManagedUser[] = [
  user(1, 'robin', { displayName: 'Robin Okafor', ownedServers: 1, createdAt: ago(2 * hour) }),
  user(2, 'mika', { role: referenceTo(2), mustChangePassword: true }),
  user(3, 'samantha-wilhelmina-of-the-isles', {
    displayName: 'Samantha Wilhelmina Featherstonehaugh-Cholmondeley of the Western Isles',
    email: 'samantha.wilhelmina.featherstonehaugh@a-rather-long-domain.example.org',
    role: referenceTo(3),
    ownedServers: 12,
  }),
  user(4, 'noor', { disabledAt: ago(3 * day), ownedServers: 2 }),
  user(5, 'kim', { role: referenceTo(0), displayName: 'Kim Larsen' }),
  { ...user(0, admin.name, { role: referenceTo(0), ownedServers: 9 }), ...selfOf(admin) },
];

function selfOf({ id: userId, email, displayName, createdAt }: User) {
  return { id: userId, email, displayName, createdAt };
}

/** Somebody with few rights of the whole panel. */
export const supporter: User = {
  ...admin,
  id: id(902),
  email: 'mika@example.org',
  name: 'mika',
  displayName: null,
  role: 'Support',
  permissions: [...grantsOf([...supportRights, 'role.read', 'role.write', 'user.write', 'user.invite'])],
};

/** Somebody who has nothing but what was shared. */
export const moderator: User = {
  ...supporter,
  id: id(901),
  email: 'robin@example.org',
  name: 'robin',
  displayName: 'Robin Okafor',
  role: 'User',
  permissions: ['template.read'],
};

export const invitations: Invitation[] = [
  {
    id: id(401),
    email: 'juno@example.org',
    role: referenceTo(2),
    invitedBy: { id: admin.id, name: admin.name },
    createdAt: ago(2 * day),
    expiresAt: ahead(5 * day),
  },
  {
    id: id(402),
    email: null,
    role: null,
    invitedBy: { id: admin.id, name: admin.name },
    createdAt: ago(6 * day),
    expiresAt: ahead(20 * hour),
  },
];

const subuser = (of: ManagedUser | undefined, names: readonly string[], since: Date): Subuser => {
  const { id: userId, name, email, displayName } = of as ManagedUser;
  const who = { id: userId, name, email, displayName };
  return { user: who, permissions: [...names], createdAt: since, updatedAt: since };
};

export const subusers: Subuser[] = [
  subuser(users[0], subuserPresets.viewer.permissions, ago(9 * day)),
  subuser(users[2], subuserPresets.manager.permissions, ago(40 * day)),
  subuser(users[1], ['server.read', 'console.read', 'file.read', 'file.write'], ago(3 * hour)),
];

export const serverInvites: ServerInvite[] = [
  {
    id: id(411),
    email: 'juno@example.org',
    permissions: [...subuserPresets.operator.permissions],
    invitedBy: { id: admin.id, name: admin.name },
    createdAt: ago(day),
    expiresAt: ahead(6 * day),
  },
  {
    id: id(412),
    email: null,
    permissions: [...subuserPresets.viewer.permissions],
    invitedBy: { id: admin.id, name: admin.name },
    createdAt: ago(6 * day),
    expiresAt: ahead(11 * hour),
  },
];

const key = (n: number, name: string, changes: Partial<ApiKey>): ApiKey => ({
  id: id(420 + n),
  name,
  prefix: `catalyst_q8Y${n}`,
  owner: { id: admin.id, name: admin.name },
  scopes: ['server.read', 'console.read'],
  ...{ expiresAt: ahead(80 * day), requestsPerMinute: null, allowedAddresses: [] },
  ...{ lastUsedAt: ago(4 * 60_000), lastUsedIp: '203.0.113.9', createdAt: ago(10 * day) },
  ...changes,
});

export const apiKeys: ApiKey[] = [
  key(1, 'Status page', { scopes: permissions.filter((name) => name.endsWith('.read')) }),
  key(2, 'Nightly backup script on the machine in the cellar, with a name that goes on', {
    scopes: ['backup.*', 'server.read'],
    requestsPerMinute: 60,
    allowedAddresses: ['192.0.2.7', '2001:db8:4f2b::/48'],
    expiresAt: null,
  }),
  key(3, 'Old bot', { scopes: ['*'], expiresAt: ago(2 * day), lastUsedAt: null, lastUsedIp: null }),
];

/** Everybody's: with some of others. */
export const everyonesKeys: ApiKey[] = [
  ...apiKeys,
  key(4, 'Discord', { owner: { id: id(901), name: 'robin' }, scopes: [...serverPermissions].slice(0, 6) }),
];
