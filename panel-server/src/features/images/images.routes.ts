import { imageRoutes } from '@catalyst/shared/features/images';
import type { FastifyRequest } from 'fastify';
import type { AccessRules } from '../../access.ts';
import type { NameTarget } from '../../http/audit-target.ts';
import { endWhenRevoked } from '../../http/end-when-revoked.ts';
import { callerOf, type PanelHttp } from '../../http/panel-http.ts';
import type { Revocations } from '../../revocations.ts';
import type { ImagesService } from './images.service.ts';

/** Whoever uploads an archive and sends nothing for so long is gone. */
const idleMs = 120_000;

interface ImageRoutesParts {
  images: ImagesService;
  nameTarget: NameTarget;
  access: AccessRules;
  revocations: Revocations;
}

export async function registerImageRoutes(
  app: PanelHttp,
  { images, nameTarget, access, revocations }: ImageRoutesParts,
): Promise<void> {
  app.route({
    ...imageRoutes.list,
    handler: (request) => images.list(callerOf(request), request.params.id, request.query),
  });
  app.route({
    ...imageRoutes.pull,
    preHandler: nameTarget,
    handler: async ({ params, body }, reply) =>
      reply.code(202).send(await images.pull(params.id, body.reference, body.refresh)),
  });
  app.route({
    ...imageRoutes.cancel,
    preHandler: [nameTarget, noteQuery],
    handler: async ({ params }, reply) => {
      await images.cancel(params.id, params.pullId);
      return reply.code(204).send();
    },
  });
  app.route({
    ...imageRoutes.remove,
    preHandler: [nameTarget, noteQuery],
    handler: ({ params, query }) => images.remove(params.id, query.reference),
  });
  app.route({
    ...imageRoutes.prune,
    preHandler: nameTarget,
    handler: ({ params, body }) => images.prune(params.id, body),
  });
  await app.register(async (streams) => {
    streams.removeAllContentTypeParsers();
    streams.addContentTypeParser('*', (_request, _payload, done) => done(null));
    (streams as unknown as PanelHttp).route({
      ...imageRoutes.import,
      preHandler: [nameTarget, noteQuery],
      handler: async (request, reply) => {
        const { params, query, raw } = request;
        const caller = callerOf(request);
        const mayStill = () => access.mayOnNode(caller, 'node.update', params.id);
        const stop = endWhenRevoked(revocations, caller, mayStill, () => raw.destroy());
        raw.setTimeout(idleMs, () => raw.destroy());
        const length = Number(raw.headers['content-length']);
        const totalBytes = Number.isFinite(length) ? length : undefined;
        try {
          const pull = await images.import(params.id, raw, { ...query, totalBytes });
          return reply.code(202).send(pull);
        } finally {
          stop();
          // What nobody reads any more would keep the answer from whoever still sends.
          raw.resume();
        }
      },
    });
  });
}

/** These routes say in their address what they are about. */
async function noteQuery(request: FastifyRequest): Promise<void> {
  const { id: _node, ...params } = request.params as Record<string, unknown>;
  const details = { ...params, ...(request.query as Record<string, unknown>) };
  request.auditNote = { ...request.auditNote, details };
}
