/**
 * Every right there is. `server` rights can be held on one server (its owner holds all of them there) and given to
 * others on it; `node` ones come from a role and count for all nodes, or for those the role is limited to; `global` ones
 * from a role that is not limited.
 */
export const permissionCatalogue = {
  'server.read': { scope: 'server', description: 'See the server and its state' },
  'server.create': { scope: 'node', description: 'Create servers' },
  'server.update': { scope: 'server', description: 'Change settings and variables' },
  'server.limits': { scope: 'node', description: 'Change what a server may use' },
  'server.delete': { scope: 'server', description: 'Delete the server' },
  'server.start': { scope: 'server', description: 'Start' },
  'server.stop': { scope: 'server', description: 'Stop' },
  'server.restart': { scope: 'server', description: 'Restart' },
  'server.kill': { scope: 'server', description: 'Kill' },
  'server.install': { scope: 'server', description: 'Install again' },
  'server.suspend': { scope: 'node', description: 'Suspend and unsuspend servers' },
  'server.transfer': { scope: 'node', description: 'Move servers to other nodes' },
  'server.change-owner': { scope: 'node', description: 'Give servers to other owners' },
  'console.read': { scope: 'server', description: 'Read the console' },
  'console.write': { scope: 'server', description: 'Send commands to the console' },
  'file.read': { scope: 'server', description: 'Read files' },
  'file.write': { scope: 'server', description: 'Write files' },
  'file.delete': { scope: 'server', description: 'Delete files' },
  'backup.read': { scope: 'server', description: 'See and download backups' },
  'backup.create': { scope: 'server', description: 'Create backups' },
  'backup.restore': { scope: 'server', description: 'Restore backups' },
  'backup.delete': { scope: 'server', description: 'Delete backups' },
  'task.read': { scope: 'server', description: 'See schedules and their tasks' },
  'task.create': { scope: 'server', description: 'Create schedules and tasks' },
  'task.update': { scope: 'server', description: 'Change schedules and tasks' },
  'task.delete': { scope: 'server', description: 'Delete schedules and tasks' },
  'task.execute': { scope: 'server', description: 'Run schedules now' },
  'database.read': { scope: 'server', description: "See the server's databases" },
  'database.create': { scope: 'server', description: 'Create databases' },
  'database.rotate': { scope: 'server', description: 'Rotate database passwords' },
  'database.delete': { scope: 'server', description: 'Delete databases' },
  'allocation.read': { scope: 'server', description: 'See ports and addresses' },
  'allocation.write': { scope: 'server', description: 'Add and remove ports' },
  'subuser.read': { scope: 'server', description: 'See who has access' },
  'subuser.write': { scope: 'server', description: 'Invite people and change their rights' },
  'subuser.delete': { scope: 'server', description: 'Take access away' },
  'metric.read': { scope: 'server', description: 'See usage and history' },
  'activity.read': { scope: 'server', description: 'See what was done on the server, and by whom' },
  'node.read': { scope: 'node', description: 'See nodes' },
  'node.create': { scope: 'global', description: 'Add nodes' },
  'node.update': { scope: 'node', description: 'Change nodes, link agents, install host packages' },
  'node.delete': { scope: 'node', description: 'Remove nodes' },
  'template.read': { scope: 'node', description: 'See templates' },
  'template.create': { scope: 'global', description: 'Create and import templates' },
  'template.update': { scope: 'global', description: 'Change templates' },
  'template.delete': { scope: 'global', description: 'Delete templates' },
  'alert.read': { scope: 'node', description: 'See alerts' },
  'alert.create': { scope: 'node', description: 'Create alert rules' },
  'alert.update': { scope: 'node', description: 'Change alert rules' },
  'alert.delete': { scope: 'node', description: 'Delete alert rules' },
  'alert.resolve': { scope: 'node', description: 'Resolve alerts' },
  'user.read': { scope: 'global', description: 'See users' },
  'user.write': { scope: 'global', description: 'Create, change and disable users' },
  'user.invite': { scope: 'global', description: 'Invite users' },
  'user.delete': { scope: 'global', description: 'Delete users' },
  'role.read': { scope: 'global', description: 'See roles' },
  'role.write': { scope: 'global', description: 'Create and change roles' },
  'apikey.read': { scope: 'global', description: "See everyone's API keys" },
  'apikey.write': { scope: 'global', description: "Change and revoke everyone's API keys" },
  'audit.read': { scope: 'global', description: 'Read the audit log' },
  'plugin.read': { scope: 'global', description: 'See plugins' },
  'plugin.write': { scope: 'global', description: 'Install and configure plugins' },
  'settings.read': { scope: 'global', description: 'See the panel settings' },
  'settings.write': { scope: 'global', description: 'Change the panel settings' },
  'admin.read': {
    scope: 'global',
    description: 'See the admin overview, all users and the audit log',
    implies: ['admin.stats', 'admin.audit-logs', 'audit.read', 'user.read'],
  },
  'admin.stats': { scope: 'global', description: 'See totals of the whole panel' },
  'admin.users': {
    scope: 'global',
    description: 'Administer users',
    implies: ['user.read', 'user.write', 'user.invite', 'user.delete', 'role.read'],
  },
  'admin.audit-logs': { scope: 'global', description: 'Read the audit log', implies: ['audit.read'] },
} as const satisfies Record<
  string,
  { scope: 'server' | 'node' | 'global'; description: string; implies?: readonly string[] }
>;

export type Permission = keyof typeof permissionCatalogue;
export const permissions = Object.keys(permissionCatalogue) as Permission[];

type Resource<Name extends string> = Name extends `${infer First}.${string}` ? First : never;
/** All rights of one resource (`server.*`), also those that come with a later version. */
export type Wildcard = `${Resource<Permission>}.*`;
/** What a role or a key can name: one right, all of a resource, or all there are. */
export type PermissionPattern = Permission | Wildcard | '*';

const wildcards = [...new Set(permissions.map((name) => name.replace(/\..*$/, '.*')))] as Wildcard[];
export const permissionPatterns: readonly PermissionPattern[] = ['*', ...wildcards, ...permissions];

/** The rights that can be held on one server, and so given to a subuser. */
export const serverPermissions = permissions.filter((name) => permissionCatalogue[name].scope === 'server');

/**
 * What a route or a call asks of its caller: a permission; `signed-in` (anybody with a session or a key, but keys only
 * read there); `public`; or `ticket` (the one-use ticket in the URL is the credential).
 */
export type Access = Permission | 'signed-in' | 'public' | 'ticket';

/** Everything that is held, each right by its name; wildcards stand beside what they mean. */
export type Grants = ReadonlySet<PermissionPattern>;

/** What was granted, written out. Names nobody knows (any more) grant nothing. */
export function grantsOf(granted: Iterable<string>): Grants {
  const held = new Set<PermissionPattern>();
  for (const pattern of granted) {
    for (const name of meaningOf.get(pattern) ?? []) held.add(name);
  }
  return held;
}

/** Whether all that was granted is among what is held: nobody gives more than he has. */
export function isWithin(granted: Iterable<string>, held: Grants): boolean {
  return [...grantsOf(granted)].every((name) => held.has(name));
}

/** Whether the caller may do this, given the role's grants and, for one server, whether it is the caller's own. */
export function isGranted(grants: Grants, permission: Permission, ownsServer = false): boolean {
  return grants.has(permission) || (ownsServer && permissionCatalogue[permission].scope === 'server');
}

/** Roles that exist from the first start. */
export const builtInRoles = {
  administrator: { name: 'Administrator', permissions: ['*'] },
  user: { name: 'User', permissions: ['template.read'] },
} as const satisfies Record<string, { name: string; permissions: readonly PermissionPattern[] }>;

/** Each pattern and all that whoever is granted it holds. */
const meaningOf = new Map<string, readonly PermissionPattern[]>([
  ['*', permissionPatterns],
  ...wildcards.map(
    (wildcard) =>
      [
        wildcard,
        [wildcard, ...permissions.filter(isOf(wildcard)).flatMap(withImplied)] as PermissionPattern[],
      ] as const,
  ),
  ...permissions.map((name) => [name, withImplied(name)] as const),
]);

function isOf(wildcard: Wildcard): (name: Permission) => boolean {
  return (name) => name.startsWith(wildcard.slice(0, -1));
}

function withImplied(name: Permission): Permission[] {
  const entry = permissionCatalogue[name];
  return 'implies' in entry ? [name, ...entry.implies] : [name];
}
