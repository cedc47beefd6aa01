import { adminApiKeyRoutes, apiKeyRoutes } from '@catalyst/shared/features/api-keys';
import type { FastifyRequest } from 'fastify';
import { namedTarget } from '../../http/audit-target.ts';
import { callerOf, type PanelHttp } from '../../http/panel-http.ts';
import type { ApiKeysService } from './api-keys.service.ts';

export function registerApiKeyRoutes(app: PanelHttp, keys: ApiKeysService): void {
  const nameTarget = namedTarget('apikey', (id) => keys.nameOf(id));
  const requireOwn = async (request: FastifyRequest) => {
    const { id } = request.params as { id: string };
    await keys.requireOwn(id, callerOf(request));
  };

  app.route({
    ...apiKeyRoutes.list,
    handler: (request) => keys.list({ ...request.query, userId: callerOf(request).userId }),
  });
  app.route({
    ...apiKeyRoutes.update,
    preHandler: [requireOwn, nameTarget],
    handler: (request) => keys.update(request.params.id, request.body, callerOf(request)),
  });
  app.route({
    ...apiKeyRoutes.revoke,
    preHandler: [requireOwn, nameTarget],
    handler: async (request, reply) => {
      await keys.revoke(request.params.id, callerOf(request));
      return reply.code(204).send();
    },
  });
  app.route({ ...adminApiKeyRoutes.list, handler: ({ query }) => keys.list(query) });
  app.route({
    ...adminApiKeyRoutes.update,
    preHandler: nameTarget,
    handler: (request) => keys.update(request.params.id, request.body, callerOf(request)),
  });
  app.route({
    ...adminApiKeyRoutes.revoke,
    preHandler: nameTarget,
    handler: async (request, reply) => {
      await keys.revoke(request.params.id, callerOf(request));
      return reply.code(204).send();
    },
  });
  app.route({
    ...apiKeyRoutes.create,
    handler: async (request, reply) =>
      reply.code(201).send(await keys.create(request.body, callerOf(request))),
  });
  app.route({
    ...adminApiKeyRoutes.create,
    handler: async (request, reply) =>
      reply.code(201).send(await keys.create(request.body, callerOf(request))),
  });
}
