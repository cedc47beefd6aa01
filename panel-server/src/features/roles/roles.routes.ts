import { roleRoutes } from '@catalyst/shared/features/roles';
import { namedTarget } from '../../http/audit-target.ts';
import { callerOf, type PanelHttp } from '../../http/panel-http.ts';
import type { RolesService } from './roles.service.ts';

export function registerRoleRoutes(app: PanelHttp, roles: RolesService): void {
  const nameTarget = namedTarget('role', (id) => roles.nameOf(id));
  app.route({ ...roleRoutes.list, handler: ({ query }) => roles.list(query) });
  app.route({
    ...roleRoutes.create,
    handler: async (request, reply) =>
      reply.code(201).send(await roles.create(request.body, callerOf(request))),
  });
  app.route({ ...roleRoutes.get, handler: ({ params }) => roles.get(params.id) });
  app.route({
    ...roleRoutes.update,
    preHandler: nameTarget,
    handler: (request) => roles.update(request.params.id, request.body, callerOf(request)),
  });
  app.route({
    ...roleRoutes.delete,
    preHandler: nameTarget,
    handler: async (request, reply) => {
      await roles.delete(request.params.id, callerOf(request));
      return reply.code(204).send();
    },
  });
}
