import type { ServerState } from '@catalyst/shared/features/server-states';

export interface ServerFilter {
  q?: string;
  state?: ServerState;
  nodeId?: string;
}

/** Names of everything kept from the panel. */
export const keys = {
  me: ['me'],
  setup: ['setup'],
  system: ['system'],
  templates: ['templates'],
  nodes: ['nodes'],
  node: (id: string) => ['nodes', id],
  networks: (nodeId: string) => ['networks', nodeId],
  images: (nodeId: string) => ['images', nodeId],
  doctor: (nodeId: string) => ['doctor', nodeId],
  registries: ['registries'],
  servers: ['servers'],
  serverLists: ['servers', 'list'],
  serverList: (filter: ServerFilter) => ['servers', 'list', filter],
  server: (id: string) => ['servers', 'one', id],
} as const;
