import { serverLabelRoutes } from '@catalyst/shared/features/server-labels';
import { serverRoutes } from '@catalyst/shared/features/servers';
import type { NameTarget } from '../../http/audit-target.ts';
import { callerOf, type PanelHttp } from '../../http/panel-http.ts';
import type { ServersService } from './servers.service.ts';

export function registerServerRoutes(app: PanelHttp, servers: ServersService, nameTarget: NameTarget): void {
  app.route({
    ...serverRoutes.list,
    handler: async (request, reply) =>
      reply
        .type('application/json; charset=utf-8')
        // Encoded by the schema already, when the page was made.
        .send((await servers.list(request.query, callerOf(request))) as never),
  });
  app.route({ ...serverLabelRoutes.list, handler: (request) => servers.labels(callerOf(request)) });
  app.route({
    ...serverRoutes.create,
    handler: async (request, reply) =>
      reply.code(201).send(await servers.create(request.body, callerOf(request))),
  });
  app.route({
    ...serverRoutes.clone,
    preHandler: nameTarget,
    handler: async (request, reply) =>
      reply.code(201).send(await servers.clone(request.params.id, request.body, callerOf(request))),
  });
  app.route({
    ...serverRoutes.get,
    handler: (request) => servers.get(request.params.id, callerOf(request)),
  });
  app.route({
    ...serverRoutes.update,
    preHandler: nameTarget,
    handler: (request) => servers.update(request.params.id, request.body, callerOf(request)),
  });
  app.route({
    ...serverRoutes.delete,
    preHandler: nameTarget,
    handler: async (request, reply) => {
      const { data } = request.query;
      request.auditNote = { ...request.auditNote, details: { data } };
      return reply.code(202).send(await servers.delete(request.params.id, data));
    },
  });
  app.route({
    ...serverRoutes.start,
    preHandler: nameTarget,
    handler: async (request, reply) =>
      reply.code(202).send(await servers.power(request.params.id, 'start', callerOf(request))),
  });
  app.route({
    ...serverRoutes.stop,
    preHandler: nameTarget,
    handler: async (request, reply) =>
      reply.code(202).send(await servers.power(request.params.id, 'stop', callerOf(request))),
  });
  app.route({
    ...serverRoutes.restart,
    preHandler: nameTarget,
    handler: async (request, reply) =>
      reply.code(202).send(await servers.power(request.params.id, 'restart', callerOf(request))),
  });
  app.route({
    ...serverRoutes.kill,
    preHandler: nameTarget,
    handler: async (request, reply) =>
      reply.code(202).send(await servers.power(request.params.id, 'kill', callerOf(request))),
  });
  app.route({
    ...serverRoutes.reinstall,
    preHandler: nameTarget,
    handler: async (request, reply) => {
      const { data } = request.query;
      request.auditNote = { ...request.auditNote, details: { data } };
      return reply.code(202).send(await servers.reinstall(request.params.id, data, callerOf(request)));
    },
  });
  app.route({
    ...serverRoutes.dryRun,
    handler: (request) => servers.dryRun(request.params.id, callerOf(request)),
  });
  app.route({
    ...serverRoutes.transitions,
    handler: (request) => servers.transitions(request.params.id, request.query, callerOf(request)),
  });
  app.route({
    ...serverRoutes.suspend,
    preHandler: nameTarget,
    handler: (request) => servers.suspend(request.params.id, request.body.reason, callerOf(request)),
  });
  app.route({
    ...serverRoutes.unsuspend,
    preHandler: nameTarget,
    handler: (request) => servers.unsuspend(request.params.id, callerOf(request)),
  });
  app.route({
    ...serverRoutes.resetCrashCount,
    preHandler: nameTarget,
    handler: async ({ params }, reply) => {
      await servers.resetCrashCount(params.id);
      return reply.code(204).send();
    },
  });
}
