import { portPoolRoutes } from '@catalyst/shared/features/port-pools';
import type { PanelCore } from '../../core.ts';
import { namedTarget } from '../../http/audit-target.ts';
import { NodeAllocations } from './node-allocations.ts';
import { PortPoolsService } from './port-pools.service.ts';

export function registerPortPoolRoutes(core: PanelCore): void {
  const { http, database, nodeIndex } = core;
  const pools = new PortPoolsService(core);
  const allocations = new NodeAllocations({ database, nodeIndex });
  const nameTarget = namedTarget('node', (id) => nodeIndex.find(id)?.name);
  http.route({ ...portPoolRoutes.list, handler: ({ params }) => pools.list(params.id) });
  http.route({
    ...portPoolRoutes.create,
    preHandler: nameTarget,
    handler: async ({ params, body }, reply) => reply.code(201).send(await pools.create(params.id, body)),
  });
  http.route({
    ...portPoolRoutes.update,
    preHandler: nameTarget,
    handler: ({ params, body }) => pools.update(params.id, params.poolId, body),
  });
  http.route({
    ...portPoolRoutes.delete,
    preHandler: nameTarget,
    handler: async ({ params }, reply) => {
      await pools.delete(params.id, params.poolId);
      return reply.code(204).send();
    },
  });
  http.route({
    ...portPoolRoutes.allocations,
    handler: ({ params, query }) => allocations.list(params.id, query),
  });
}
