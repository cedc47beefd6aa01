import { userRoutes } from '@catalyst/shared/features/users';
import type { FastifyRequest } from 'fastify';
import { namedTarget } from '../../http/audit-target.ts';
import { callerOf, type PanelHttp } from '../../http/panel-http.ts';
import type { UserAdministration } from './user-administration.ts';

export function registerUserRoutes(app: PanelHttp, users: UserAdministration): void {
  const nameTarget = namedTarget('user', (id) => users.nameOf(id));
  app.route({ ...userRoutes.list, handler: ({ query }) => users.list(query) });
  app.route({
    ...userRoutes.create,
    handler: async (request, reply) =>
      reply.code(201).send(await users.create(request.body, callerOf(request))),
  });
  app.route({ ...userRoutes.get, handler: ({ params }) => users.get(params.id) });
  app.route({
    ...userRoutes.update,
    preHandler: nameTarget,
    handler: (request) => users.update(request.params.id, request.body, callerOf(request)),
  });
  app.route({
    ...userRoutes.setPassword,
    preHandler: nameTarget,
    handler: async (request, reply) => {
      await users.setPassword(request.params.id, request.body, callerOf(request));
      return reply.code(204).send();
    },
  });
  app.route({
    ...userRoutes.signOut,
    preHandler: nameTarget,
    handler: async (request, reply) => {
      await users.signOut(request.params.id, callerOf(request));
      return reply.code(204).send();
    },
  });
  app.route({
    ...userRoutes.disable,
    preHandler: nameTarget,
    handler: (request) => users.setDisabled(request.params.id, true, callerOf(request)),
  });
  app.route({
    ...userRoutes.enable,
    preHandler: nameTarget,
    handler: (request) => users.setDisabled(request.params.id, false, callerOf(request)),
  });
  app.route({
    ...userRoutes.delete,
    preHandler: [nameTarget, noteHeir],
    handler: async (request, reply) => {
      await users.delete(request.params.id, request.query.transferServersTo, callerOf(request));
      return reply.code(204).send();
    },
  });
}

async function noteHeir(request: FastifyRequest): Promise<void> {
  const { transferServersTo } = request.query as { transferServersTo?: string };
  if (transferServersTo !== undefined) {
    request.auditNote = { ...request.auditNote, details: { transferServersTo } };
  }
}
