import type { ServerState } from '@catalyst/shared/features/server-states';

export interface ServerFilter {
  q?: string;
  state?: ServerState;
  nodeId?: string;
  tag?: string;
  group?: string;
}

export interface UserFilter {
  q?: string;
  roleId?: string;
  status?: 'active' | 'disabled';
}

/** Names of everything kept from the panel. */
export const keys = {
  me: ['me'],
  setup: ['setup'],
  signInOptions: ['sign-in-options'],
  linkedInvitation: (token: string) => ['linked-invitation', token],
  factors: ['factors'],
  sessions: ['sessions'],
  sshKeys: ['ssh-keys'],
  sftp: (serverId: string) => ['sftp', serverId],
  reauthentication: ['reauthentication'],
  panelSettings: ['panel-settings'],
  mail: ['mail'],
  outbox: ['mail', 'outbox'],
  providers: ['providers'],
  system: ['system'],
  templates: ['templates'],
  template: (id: string) => ['templates', 'one', id],
  templateSource: (id: string, version: number) => ['template-source', id, version],
  templateVersions: (id: string) => ['templates', 'versions', id],
  nodes: ['nodes'],
  node: (id: string) => ['nodes', id],
  networks: (nodeId: string) => ['networks', nodeId],
  portPools: (nodeId: string) => ['port-pools', nodeId],
  allocations: (nodeId: string) => ['allocations', nodeId],
  ipPools: (nodeId: string) => ['ip-pools', nodeId],
  images: (nodeId: string) => ['images', nodeId],
  kept: (nodeId: string) => ['kept', nodeId],
  firewall: (nodeId: string) => ['firewall', nodeId],
  doctor: (nodeId: string) => ['doctor', nodeId],
  registries: ['registries'],
  users: ['users'],
  userList: (filter: UserFilter) => ['users', 'list', filter],
  user: (id: string) => ['users', 'one', id],
  roles: ['roles'],
  invitations: ['invitations'],
  sharing: (serverId: string) => ['sharing', serverId],
  subusers: (serverId: string) => ['sharing', serverId, 'subusers'],
  serverInvites: (serverId: string) => ['sharing', serverId, 'invites'],
  invite: (token: string) => ['invite', token],
  apiKeys: ['api-keys'],
  ownApiKeys: ['api-keys', 'own'],
  everyonesApiKeys: (userId?: string) => ['api-keys', 'everyone', userId],
  auditLog: (filter: object) => ['audit', 'list', filter],
  auditArchive: ['audit', 'archive'],
  livePorts: (serverId: string) => ['servers', 'one', serverId, 'live-ports'],
  dryRun: (serverId: string) => ['servers', 'one', serverId, 'dry-run'],
  transitions: (serverId: string) => ['servers', 'one', serverId, 'transitions'],
  activity: (serverId: string, filter: object) => ['audit', 'activity', serverId, filter],
  folder: (serverId: string, path: string) => ['files', serverId, 'folder', path],
  file: (serverId: string, path: string) => ['files', serverId, 'file', path],
  fileSearch: (serverId: string, path: string, sought?: object) => [
    'files',
    serverId,
    'search',
    path,
    sought,
  ],
  favourites: ['favourites'],
  serverLabels: ['server-labels'],
  servers: ['servers'],
  serverLists: ['servers', 'list'],
  serverList: (filter: ServerFilter) => ['servers', 'list', filter],
  server: (id: string) => ['servers', 'one', id],
} as const;
