import { fileRoutes } from '@catalyst/shared/features/files';
import type { FastifyRequest } from 'fastify';
import type { NameTarget } from '../../http/audit-target.ts';
import type { PanelHttp } from '../../http/panel-http.ts';
import { entryPathBytes, pathBytes, severalPathBytes } from './file-path.ts';
import type { FilesService } from './files.service.ts';
import { readPathAsBytes } from './query-path.ts';

interface FileRoutesParts {
  files: FilesService;
  nameTarget: NameTarget;
}

/** All that is answered with JSON at once. */
export function registerFileRoutes(app: PanelHttp, { files, nameTarget }: FileRoutesParts): void {
  app.route({
    ...fileRoutes.list,
    preValidation: readPathAsBytes,
    handler: ({ params, query }) => files.list(params.id, pathBytes(query), query),
  });
  app.route({
    ...fileRoutes.stat,
    preValidation: readPathAsBytes,
    handler: ({ params, query }) => files.stat(params.id, pathBytes(query)),
  });
  app.route({
    ...fileRoutes.create,
    preHandler: nameTarget,
    handler: async ({ params, body }, reply) =>
      reply.code(201).send(await files.create(params.id, entryPathBytes(body), body.type)),
  });
  app.route({
    ...fileRoutes.rename,
    preHandler: nameTarget,
    handler: async ({ params, body }, reply) => {
      const to = entryPathBytes({ path: body.to, pathBase64: body.toBase64 }, 'to');
      await files.rename(params.id, entryPathBytes(body), to, body.replace);
      return reply.code(204).send();
    },
  });
  app.route({
    ...fileRoutes.chmod,
    preHandler: nameTarget,
    handler: ({ params, body }) => files.chmod(params.id, entryPathBytes(body), body.mode),
  });
  app.route({
    ...fileRoutes.delete,
    preHandler: nameTarget,
    handler: async ({ params, body }, reply) => {
      await files.delete(params.id, severalPathBytes(body));
      return reply.code(204).send();
    },
  });
}

/** A hook for routes that carry content: of it the audit log has only where it went. */
export async function notePath(request: FastifyRequest): Promise<void> {
  const { content: _content, ...details } = {
    ...(request.query as Record<string, unknown>),
    ...(request.body as Record<string, unknown> | undefined),
  };
  request.auditNote = { ...request.auditNote, details };
}
