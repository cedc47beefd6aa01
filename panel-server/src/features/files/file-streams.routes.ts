import { Readable } from 'node:stream';
import { AppError } from '@catalyst/shared/contract/errors';
import type { Permission } from '@catalyst/shared/contract/permissions';
import { fileRoutes } from '@catalyst/shared/features/files';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AccessRules } from '../../access.ts';
import type { NameTarget } from '../../http/audit-target.ts';
import { endWhenRevoked } from '../../http/end-when-revoked.ts';
import { callerOf, type PanelHttp } from '../../http/panel-http.ts';
import type { Revocations } from '../../revocations.ts';
import type { PanelSettings } from '../settings/panel-settings.ts';
import { contentDisposition, matchesAny, readIfRange, readRange } from './download-headers.ts';
import { entryPathBytes, pathBytes } from './file-path.ts';
import type { FileStreams } from './file-streams.ts';
import { notePath } from './files.routes.ts';
import { isForm } from './form-files.ts';
import type { LastWriter } from './last-writer.ts';
import { readPathAsBytes } from './query-path.ts';
import { atMost } from './upload-body.ts';
import { uploadForm } from './upload-form.ts';

/** Whoever uploads and sends nothing for so long is gone. */
const idleMs = 120_000;

interface FileStreamRoutesParts {
  streams: FileStreams;
  nameTarget: NameTarget;
  access: AccessRules;
  revocations: Revocations;
  panelSettings: PanelSettings;
  lastWriter: LastWriter;
}

export async function registerFileStreamRoutes(app: PanelHttp, parts: FileStreamRoutesParts): Promise<void> {
  const { streams, nameTarget, access, revocations, panelSettings, lastWriter } = parts;

  app.route({
    ...fileRoutes.read,
    preValidation: readPathAsBytes,
    handler: async (request, reply) => {
      const { params, query } = request;
      return streams.read(params.id, entryPathBytes(query), untilGone(request, reply, 'file.read'));
    },
  });
  app.route({
    ...fileRoutes.write,
    preHandler: [nameTarget, notePath],
    handler: async (request) => {
      const { params, body } = request;
      const path = entryPathBytes(body);
      return streams.write(params.id, path, body.content, body.expectedVersion).catch(async (error) => {
        throw await lastWriter.explain(error, callerOf(request), params.id, path);
      });
    },
  });
  app.route({
    ...fileRoutes.download,
    preValidation: readPathAsBytes,
    handler: async (request, reply) => {
      const { params, query, headers } = request;
      const path = entryPathBytes(query);
      reply
        .header('content-disposition', contentDisposition(nameOf(path)))
        .header('accept-ranges', 'bytes')
        .header('x-content-type-options', 'nosniff')
        .type('application/octet-stream');
      const isHead = request.method === 'HEAD';
      if (isHead || headers['if-none-match'] !== undefined) {
        const { sizeBytes, version } = await streams.statFile(params.id, path);
        reply.header('etag', `"${version}"`);
        if (matchesAny(headers['if-none-match'], version)) return notModified(reply);
        // Fastify takes the length of what it is given, but for streams.
        if (isHead) return reply.header('content-length', sizeBytes).send(Readable.from([]));
      }
      const gone = untilGone(request, reply, 'file.read');
      const { body, part } = await streams
        .download(params.id, path, gone, {
          range: readRange(headers.range),
          rangeVersion: readIfRange(headers['if-range'] as string | undefined),
        })
        .catch(async (error: unknown) => {
          if (!(error instanceof AppError) || error.code !== 'range_not_satisfiable') throw error;
          const { sizeBytes } = await streams.statFile(params.id, path);
          reply.header('content-range', `bytes */${sizeBytes}`);
          throw error;
        });
      gone.addEventListener('abort', () => body.destroy());
      if (gone.aborted) body.destroy();
      const { firstByte, lengthBytes, sizeBytes, isRange, version } = part;
      if (isRange) {
        reply.code(206);
        reply.header('content-range', `bytes ${firstByte}-${firstByte + lengthBytes - 1}/${sizeBytes}`);
      }
      return reply.header('content-length', lengthBytes).header('etag', `"${version}"`).send(body);
    },
  });
  await app.register(async (raw) => {
    raw.removeAllContentTypeParsers();
    raw.addContentTypeParser('*', (_request, _payload, done) => done(null));
    (raw as unknown as PanelHttp).route({
      ...fileRoutes.upload,
      preValidation: readPathAsBytes,
      preHandler: [nameTarget, notePath],
      handler: async (request, reply) => {
        const { params, query } = request;
        const caller = callerOf(request);
        const mayStill = () => access.mayOnServer(caller, 'file.write', params.id);
        const stop = endWhenRevoked(revocations, caller, mayStill, () => request.raw.destroy());
        request.raw.setTimeout(idleMs, () => request.raw.destroy());
        try {
          const replace = query.replace === 'true';
          const contentType = request.headers['content-type'] ?? '';
          const path = isForm(contentType) ? pathBytes(query) : entryPathBytes(query);
          const body = atMost(request.raw, await panelSettings.read('uploadLimitMb'));
          const answer = isForm(contentType)
            ? await uploadForm(streams, { serverId: params.id, body, contentType, folder: query, replace })
            : await streams.upload(params.id, path, body, { replace });
          return reply.code(201).send(answer);
        } catch (error) {
          // Of what is refused no more is wanted than it takes to tell why.
          if (!request.raw.readableEnded) reply.header('connection', 'close');
          throw error;
        } finally {
          stop();
          request.raw.resume();
        }
      },
    });
  });

  /** Aborted when the caller goes away, is signed out, or may not do this any more. */
  function untilGone(request: FastifyRequest, reply: FastifyReply, permission: Permission): AbortSignal {
    const { id } = request.params as { id: string };
    const caller = callerOf(request);
    const gone = new AbortController();
    const mayStill = () => access.mayOnServer(caller, permission, id);
    const stop = endWhenRevoked(revocations, caller, mayStill, (reason) => gone.abort(reason));
    reply.raw.once('close', () => {
      stop();
      gone.abort();
    });
    return gone.signal;
  }
}

function nameOf(path: Buffer): string {
  return path.subarray(path.lastIndexOf('/') + 1).toString('utf8');
}

/** What a route answers by its contract has a body; this has none, whatever it is of. */
const notModified = (reply: FastifyReply) => reply.code(304).send();
