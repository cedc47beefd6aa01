import { subuserRoutes } from '@catalyst/shared/features/subusers';
import type { FastifyRequest } from 'fastify';
import type { NameTarget } from '../../http/audit-target.ts';
import { callerOf, type PanelHttp } from '../../http/panel-http.ts';
import type { InvitesService } from './invites.service.ts';
import type { SubusersService } from './subusers.service.ts';

interface SubuserRoutesParts {
  subusers: SubusersService;
  invites: InvitesService;
  nameTarget: NameTarget;
  nameOfUser(id: string): Promise<string | undefined>;
}

export function registerSubuserRoutes(app: PanelHttp, parts: SubuserRoutesParts): void {
  const { subusers, invites, nameTarget } = parts;

  /** The entry is about the server; whom it changed for is in the details. */
  const noteSubuser = async (request: FastifyRequest) => {
    const { userId } = request.params as { userId: string };
    const subuser = { id: userId, name: await parts.nameOfUser(userId) };
    request.auditNote = { ...request.auditNote, details: { subuser, ...(request.body as object | null) } };
  };

  app.route({
    ...subuserRoutes.list,
    handler: ({ params, query }) => subusers.list(params.id, query),
  });
  app.route({
    ...subuserRoutes.invite,
    preHandler: nameTarget,
    handler: async (request, reply) =>
      reply.code(201).send(await invites.create(request.params.id, request.body, callerOf(request))),
  });
  app.route({
    ...subuserRoutes.update,
    preHandler: [nameTarget, noteSubuser],
    handler: (request) => {
      const { id, userId } = request.params;
      return subusers.update(id, userId, request.body.permissions, callerOf(request));
    },
  });
  app.route({
    ...subuserRoutes.remove,
    preHandler: [nameTarget, noteSubuser],
    handler: async (request, reply) => {
      await subusers.remove(request.params.id, request.params.userId, callerOf(request));
      return reply.code(204).send();
    },
  });
  app.route({
    ...subuserRoutes.leave,
    preHandler: nameTarget,
    handler: async (request, reply) => {
      await subusers.leave(request.params.id, callerOf(request));
      return reply.code(204).send();
    },
  });
  app.route({
    ...subuserRoutes.invites,
    handler: ({ params, query }) => invites.list(params.id, query),
  });
  app.route({
    ...subuserRoutes.revokeInvite,
    preHandler: nameTarget,
    handler: async (request, reply) => {
      const { id, inviteId } = request.params;
      request.auditNote = { ...request.auditNote, details: { inviteId } };
      await invites.revoke(id, inviteId);
      return reply.code(204).send();
    },
  });
  app.route({ ...subuserRoutes.previewInvite, handler: ({ params }) => invites.preview(params.token) });
  app.route({
    ...subuserRoutes.acceptInvite,
    handler: async (request) => {
      const accepted = await invites.accept(request.params.token, callerOf(request));
      const { serverId: id, permissions } = accepted;
      const name = subusers.place(id).name;
      request.auditNote = { target: { kind: 'server', id, name }, details: { permissions } };
      return accepted;
    },
  });
  app.route({
    ...subuserRoutes.transferOwnership,
    preHandler: nameTarget,
    handler: async (request) => {
      const { id } = request.params;
      const answer = await subusers.transferOwnership(id, request.body.userId, callerOf(request));
      request.auditNote = { ...request.auditNote, details: { newOwner: answer.owner } };
      return answer;
    },
  });
}
