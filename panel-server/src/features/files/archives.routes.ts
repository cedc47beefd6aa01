import { Readable } from 'node:stream';
import { archiveRoutes } from '@catalyst/shared/features/archives';
import type { ArchiveFormat } from '@catalyst/shared/features/archives-link';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AccessRules } from '../../access.ts';
import type { NameTarget } from '../../http/audit-target.ts';
import { callerOf, type PanelHttp } from '../../http/panel-http.ts';
import type { Revocations } from '../../revocations.ts';
import type { ServerIndex } from '../servers/server-index.ts';
import { type ArchiveSource, archiveName, folderOf, sourceOf, targetOf } from './archive-paths.ts';
import type { ArchivesService } from './archives.service.ts';
import { contentDisposition } from './download-headers.ts';
import { entryPathBytes, pathBytes } from './file-path.ts';
import { readPathAsBytes } from './query-path.ts';
import { untilGone } from './until-gone.ts';

export interface ArchiveRoutesParts {
  archives: ArchivesService;
  nameTarget: NameTarget;
  access: AccessRules;
  revocations: Revocations;
  serverIndex: ServerIndex;
}

export function registerArchiveRoutes(app: PanelHttp, parts: ArchiveRoutesParts): void {
  const { archives, nameTarget, access, serverIndex } = parts;

  /** What is in an archive was read from somewhere, and what is unpacked too. */
  async function mayRead(request: FastifyRequest): Promise<void> {
    const { id } = request.params as { id: string };
    access.require(callerOf(request), 'file.read', serverIndex.find(id) ?? 'everywhere');
  }

  app.route({
    ...archiveRoutes.compress,
    preHandler: [nameTarget, mayRead],
    handler: async ({ params, body }, reply) => {
      const source = sourceOf(body);
      const target = targetOf(source, body);
      const { replace } = body;
      return reply.code(202).send(await archives.compress(params.id, source, { ...target, replace }));
    },
  });
  app.route({
    ...archiveRoutes.decompress,
    preHandler: [nameTarget, mayRead],
    handler: async ({ params, body }, reply) => {
      const path = entryPathBytes(body);
      const isBeside = body.to === undefined && body.toBase64 === undefined;
      const to = isBeside ? folderOf(path) : pathBytes({ path: body.to, pathBase64: body.toBase64 }, 'to');
      return reply.code(202).send(await archives.decompress(params.id, path, to, body.replace));
    },
  });
  app.route({
    ...archiveRoutes.list,
    preValidation: readPathAsBytes,
    handler: ({ params, query }) => archives.list(params.id, entryPathBytes(query), query),
  });
  app.route({
    ...archiveRoutes.download,
    preHandler: nameTarget,
    handler: (request, reply) =>
      sendArchive(parts, request, reply, sourceOf(request.body), request.body.format),
  });
  app.route({
    ...archiveRoutes.tasks,
    handler: async ({ params }) => ({ items: await archives.tasks(params.id) }),
  });
  app.route({ ...archiveRoutes.task, handler: ({ params }) => archives.task(params.id, params.taskId) });
  app.route({
    ...archiveRoutes.cancel,
    preHandler: nameTarget,
    handler: async ({ params }, reply) => {
      await archives.cancel(params.id, params.taskId);
      return reply.code(204).send();
    },
  });
}

/** Ends when the caller goes away or may not read files any more. */
export async function sendArchive(
  parts: Pick<ArchiveRoutesParts, 'archives' | 'access' | 'revocations'>,
  request: FastifyRequest,
  reply: FastifyReply,
  source: ArchiveSource,
  format: ArchiveFormat,
): Promise<FastifyReply> {
  const { id } = request.params as { id: string };
  reply
    .header('content-disposition', contentDisposition(archiveName(source, format).toString('utf8')))
    .header('x-content-type-options', 'nosniff')
    .type('application/octet-stream');
  if (request.method === 'HEAD') return reply.send(Readable.from([]));
  const gone = untilGone(parts, request, reply, 'file.read');
  const body = await parts.archives.download(id, source, format, gone);
  gone.addEventListener('abort', () => body.destroy());
  if (gone.aborted) body.destroy();
  return reply.send(body);
}
