/**
 * Every right there is. `server` rights can be held on one server (its owner holds all of them there); `global` ones
 * only through a role.
 */
export const permissionCatalogue = {
  'server.read': { scope: 'server', description: 'See the server and its state' },
  'server.create': { scope: 'global', description: 'Create servers' },
  'server.update': { scope: 'server', description: 'Change settings and variables' },
  'server.limits': { scope: 'global', description: 'Change what a server may use' },
  'server.delete': { scope: 'server', description: 'Delete the server' },
  'server.start': { scope: 'server', description: 'Start' },
  'server.stop': { scope: 'server', description: 'Stop' },
  'server.restart': { scope: 'server', description: 'Restart' },
  'server.kill': { scope: 'server', description: 'Kill' },
  'server.install': { scope: 'server', description: 'Install again' },
  'server.suspend': { scope: 'global', description: 'Suspend and unsuspend servers' },
  'server.transfer': { scope: 'global', description: 'Move servers to other nodes' },
  'console.read': { scope: 'server', description: 'Read the console' },
  'console.write': { scope: 'server', description: 'Send commands to the console' },
  'file.read': { scope: 'server', description: 'Read files' },
  'file.write': { scope: 'server', description: 'Write files' },
  'file.delete': { scope: 'server', description: 'Delete files' },
  'backup.read': { scope: 'server', description: 'See and download backups' },
  'backup.create': { scope: 'server', description: 'Create backups' },
  'backup.restore': { scope: 'server', description: 'Restore backups' },
  'backup.delete': { scope: 'server', description: 'Delete backups' },
  'schedule.read': { scope: 'server', description: 'See schedules' },
  'schedule.write': { scope: 'server', description: 'Create, change and run schedules' },
  'schedule.delete': { scope: 'server', description: 'Delete schedules' },
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
  'node.read': { scope: 'global', description: 'See nodes' },
  'node.create': { scope: 'global', description: 'Add nodes' },
  'node.update': { scope: 'global', description: 'Change nodes, link agents, install host packages' },
  'node.delete': { scope: 'global', description: 'Remove nodes' },
  'template.read': { scope: 'global', description: 'See templates' },
  'template.write': { scope: 'global', description: 'Create, import and change templates' },
  'template.delete': { scope: 'global', description: 'Delete templates' },
  'alert.read': { scope: 'global', description: 'See alerts' },
  'alert.write': { scope: 'global', description: 'Change alert rules and resolve alerts' },
  'user.read': { scope: 'global', description: 'See users' },
  'user.write': { scope: 'global', description: 'Create, change and disable users' },
  'user.invite': { scope: 'global', description: 'Invite users' },
  'user.delete': { scope: 'global', description: 'Delete users' },
  'role.read': { scope: 'global', description: 'See roles' },
  'role.write': { scope: 'global', description: 'Create and change roles' },
  'apikey.read': { scope: 'global', description: "See everyone's API keys" },
  'apikey.write': { scope: 'global', description: 'Create and revoke API keys' },
  'audit.read': { scope: 'global', description: 'Read the audit log' },
  'plugin.read': { scope: 'global', description: 'See plugins' },
  'plugin.write': { scope: 'global', description: 'Install and configure plugins' },
  'settings.read': { scope: 'global', description: 'See the panel settings' },
  'settings.write': { scope: 'global', description: 'Change the panel settings' },
  'admin.read': { scope: 'global', description: 'See the admin overview' },
  'admin.users': { scope: 'global', description: 'Administer users' },
} as const satisfies Record<string, { scope: 'server' | 'global'; description: string }>;

export type Permission = keyof typeof permissionCatalogue;
export const permissions = Object.keys(permissionCatalogue) as Permission[];

/**
 * What a route or a call asks of its caller: a permission; `signed-in` (anybody with a session); `public`; or
 * `ticket` (the one-use ticket in the URL is the credential).
 */
export type Access = Permission | 'signed-in' | 'public' | 'ticket';

/** What a caller holds: permissions from the role (`*` is all of them). */
export type Grants = ReadonlySet<Permission | '*'>;

/** Whether the caller may do this, given the role's grants and, for one server, whether it is the caller's own. */
export function isGranted(grants: Grants, permission: Permission, ownsServer = false): boolean {
  if (grants.has('*') || grants.has(permission)) return true;
  return ownsServer && permissionCatalogue[permission].scope === 'server';
}

/** Roles that exist from the first start. */
export const builtInRoles = {
  administrator: { name: 'Administrator', permissions: ['*'] },
  user: { name: 'User', permissions: ['template.read'] },
} as const satisfies Record<string, { name: string; permissions: readonly (Permission | '*')[] }>;
