import { Readable } from 'node:stream';
import { AppError } from '@catalyst/shared/contract/errors';
import { fileRoutes } from '@catalyst/shared/features/files';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AccessRules } from '../../access.ts';
import type { NameTarget } from '../../http/audit-target.ts';
import { endWhenRevoked } from '../../http/end-when-revoked.ts';
import { callerOf, type PanelHttp } from '../../http/panel-http.ts';
import type { Revocations } from '../../revocations.ts';
import { mostListed } from '../audit/redact.ts';
import type { PanelSettings } from '../settings/panel-settings.ts';
import { sourceOfPath } from './archive-paths.ts';
import { sendArchive } from './archives.routes.ts';
import type { ArchivesService } from './archives.service.ts';
import { contentDisposition, matchesAny, readIfRange, readRange } from './download-headers.ts';
import { entryPathBytes, pathBytes } from './file-path.ts';
import type { FileStreams } from './file-streams.ts';
import { notePath } from './files.routes.ts';
import { isForm } from './form-files.ts';
import type { LastWriter } from './last-writer.ts';
import { readPathAsBytes } from './query-path.ts';
import { untilGone } from './until-gone.ts';
import { atMost } from './upload-body.ts';
import { type NamedPath, uploadForm } from './upload-form.ts';

/** Whoever uploads and sends nothing for so long is gone. */
const idleMs = 120_000;

interface FileStreamRoutesParts {
  streams: FileStreams;
  archives: ArchivesService;
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
      return streams.read(params.id, entryPathBytes(query), untilGone(parts, request, reply, 'file.read'));
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
      const path = pathBytes(query);
      const asArchive = () => sendArchive(parts, request, reply, sourceOfPath(path), query.format ?? 'zip');
      const isHead = request.method === 'HEAD';
      if (query.format || path.length === 0) {
        // Nothing else of a HEAD asks the node whether there is such an entry.
        if (isHead) await streams.statUnlessFolder(params.id, path);
        return asArchive();
      }
      if (isHead || headers['if-none-match'] !== undefined) {
        const stats = await streams.statUnlessFolder(params.id, path);
        if (!stats) return asArchive();
        describeFile(reply, path, stats.version);
        if (matchesAny(headers['if-none-match'], stats.version)) return notModified(reply);
        // Fastify takes the length of what it is given, but for streams.
        if (isHead) return reply.header('content-length', stats.sizeBytes).send(Readable.from([]));
      }
      const gone = untilGone(parts, request, reply, 'file.read');
      const range = {
        range: readRange(headers.range),
        rangeVersion: readIfRange(headers['if-range'] as string | undefined),
      };
      const sent = await streams
        .downloadUnlessFolder(params.id, path, gone, range)
        .catch(async (error: unknown) => {
          if (!(error instanceof AppError) || error.code !== 'range_not_satisfiable') throw error;
          const stats = await streams.statUnlessFolder(params.id, path);
          if (stats) reply.header('content-range', `bytes */${stats.sizeBytes}`);
          throw error;
        });
      if (!sent) return asArchive();
      const { body, part } = sent;
      describeFile(reply, path, part.version);
      gone.addEventListener('abort', () => body.destroy());
      if (gone.aborted) body.destroy();
      const { firstByte, lengthBytes, sizeBytes, isRange } = part;
      if (isRange) {
        reply.code(206);
        reply.header('content-range', `bytes ${firstByte}-${firstByte + lengthBytes - 1}/${sizeBytes}`);
      }
      return reply.header('content-length', lengthBytes).send(body);
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
          const form = { serverId: params.id, body, contentType, folder: query, replace };
          const answer = isForm(contentType)
            ? await uploadForm(streams, { ...form, uploaded: noteUploads(request) })
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
}

/** What is in its place by then is in the audit log, also when a later file is refused. */
function noteUploads(request: FastifyRequest): (path: NamedPath) => void {
  const note = request.auditNote;
  const items: NamedPath[] = [];
  return (path) => {
    items.push(path);
    // The log keeps so many of one list; a form has up to twice as many files.
    const moreItems = items.length > mostListed ? items.slice(mostListed) : undefined;
    const details = { ...note?.details, items: items.slice(0, mostListed), moreItems };
    request.auditNote = { ...note, details };
  };
}

function describeFile(reply: FastifyReply, path: Buffer, version: string): void {
  reply
    .header('content-disposition', contentDisposition(nameOf(path)))
    .header('accept-ranges', 'bytes')
    .header('etag', `"${version}"`)
    .header('x-content-type-options', 'nosniff')
    .type('application/octet-stream');
}

function nameOf(path: Buffer): string {
  return path.subarray(path.lastIndexOf('/') + 1).toString('utf8');
}

/** What a route answers by its contract has a body; this has none, whatever it is of. */
const notModified = (reply: FastifyReply) => reply.code(304).send();
