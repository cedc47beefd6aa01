import { networkRoutes } from '@catalyst/shared/features/networks';
import type { PanelCore } from '../../core.ts';
import { namedTarget } from '../../http/audit-target.ts';
import { NetworksService } from './networks.service.ts';

export function registerNetworkRoutes({ http, database, nodeIndex }: PanelCore): void {
  const networks = new NetworksService({ database, nodeIndex });
  const nameTarget = namedTarget('node', (id) => nodeIndex.find(id)?.name);
  http.route({ ...networkRoutes.list, handler: ({ params }) => networks.list(params.id) });
  http.route({
    ...networkRoutes.create,
    preHandler: nameTarget,
    handler: async ({ params, body }, reply) => reply.code(201).send(await networks.create(params.id, body)),
  });
  http.route({
    ...networkRoutes.update,
    preHandler: nameTarget,
    handler: ({ params, body }) => networks.update(params.id, params.networkId, body),
  });
  http.route({
    ...networkRoutes.delete,
    preHandler: nameTarget,
    handler: async ({ params }, reply) => {
      await networks.delete(params.id, params.networkId);
      return reply.code(204).send();
    },
  });
}
