import { registryRoutes } from '@catalyst/shared/features/registries';
import type { FastifyRequest } from 'fastify';
import type { PanelHttp } from '../../http/panel-http.ts';
import type { RegistriesService } from './registries.service.ts';

export function registerRegistryRoutes(app: PanelHttp, registries: RegistriesService): void {
  /** Registries are known by their hosts, also in the audit log and after they are gone. */
  const nameTarget = async (request: FastifyRequest) => {
    const { id } = request.params as { id: string };
    const { host } = await registries.get(id);
    request.auditNote = { ...request.auditNote, target: { kind: 'registry', id, name: host } };
  };
  app.route({ ...registryRoutes.list, handler: ({ query }) => registries.list(query) });
  app.route({
    ...registryRoutes.create,
    handler: async (request, reply) => {
      const registry = await registries.create(request.body);
      const target = { kind: 'registry', id: registry.id, name: registry.host };
      request.auditNote = { ...request.auditNote, target };
      return reply.code(201).send(registry);
    },
  });
  app.route({ ...registryRoutes.get, handler: ({ params }) => registries.get(params.id) });
  app.route({
    ...registryRoutes.update,
    preHandler: nameTarget,
    handler: ({ params, body }) => registries.update(params.id, body),
  });
  app.route({
    ...registryRoutes.delete,
    preHandler: nameTarget,
    handler: async ({ params }, reply) => {
      await registries.delete(params.id);
      return reply.code(204).send();
    },
  });
}
