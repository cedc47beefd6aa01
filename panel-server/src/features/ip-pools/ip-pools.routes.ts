import { ipPoolRoutes } from '@catalyst/shared/features/ip-pools';
import type { PanelCore } from '../../core.ts';
import { callerOf } from '../../http/panel-http.ts';
import { IpPoolsService } from './ip-pools.service.ts';

export function registerIpPoolRoutes({ http, database }: PanelCore): void {
  const pools = new IpPoolsService({ database });
  http.route({
    ...ipPoolRoutes.list,
    handler: (request) => pools.list(request.query.nodeId, callerOf(request)),
  });
  http.route({
    ...ipPoolRoutes.create,
    handler: async (request, reply) =>
      reply.code(201).send(await pools.create(request.body, callerOf(request))),
  });
  http.route({
    ...ipPoolRoutes.get,
    handler: (request) => pools.get(request.params.id, callerOf(request)),
  });
  http.route({
    ...ipPoolRoutes.update,
    handler: (request) => pools.update(request.params.id, request.body, callerOf(request)),
  });
  http.route({
    ...ipPoolRoutes.delete,
    handler: async (request, reply) => {
      await pools.delete(request.params.id, callerOf(request));
      return reply.code(204).send();
    },
  });
}
