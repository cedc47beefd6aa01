import type { IncomingMessage } from 'node:http';
import { Transform } from 'node:stream';
import { AppError } from '@catalyst/shared/contract/errors';
import { fileRoutes } from '@catalyst/shared/features/files';
import type { AccessRules } from '../../access.ts';
import type { NameTarget } from '../../http/audit-target.ts';
import { endWhenRevoked } from '../../http/end-when-revoked.ts';
import { callerOf, type PanelHttp } from '../../http/panel-http.ts';
import type { Revocations } from '../../revocations.ts';
import { sourceOfPath } from './archive-paths.ts';
import { sendArchive } from './archives.routes.ts';
import type { ArchivesService } from './archives.service.ts';
import { contentDisposition, readIfRange, readRange } from './download-headers.ts';
import { entryPathBytes, pathBytes } from './file-path.ts';
import type { FileStreams } from './file-streams.ts';
import { notePath } from './files.routes.ts';
import { readPathAsBytes } from './query-path.ts';
import { untilGone } from './until-gone.ts';

/** Of one request; larger files are for SFTP. */
const mostUploadedBytes = 100 * 1024 * 1024;
/** Whoever uploads and sends nothing for so long is gone. */
const idleMs = 120_000;

interface FileStreamRoutesParts {
  streams: FileStreams;
  archives: ArchivesService;
  nameTarget: NameTarget;
  access: AccessRules;
  revocations: Revocations;
}

export async function registerFileStreamRoutes(app: PanelHttp, parts: FileStreamRoutesParts): Promise<void> {
  const { streams, nameTarget, access, revocations } = parts;

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
    handler: ({ params, body }) =>
      streams.write(params.id, entryPathBytes(body), body.content, body.expectedVersion),
  });
  app.route({
    ...fileRoutes.download,
    preValidation: readPathAsBytes,
    handler: async (request, reply) => {
      const { params, query, headers } = request;
      const path = pathBytes(query);
      const asArchive = () => sendArchive(parts, request, reply, sourceOfPath(path), query.format ?? 'zip');
      if (query.format || path.length === 0) return asArchive();
      const gone = untilGone(parts, request, reply, 'file.read');
      const range = {
        range: readRange(headers.range),
        rangeVersion: readIfRange(headers['if-range'] as string | undefined),
      };
      const sent = await streams.downloadUnlessFolder(params.id, path, gone, range);
      if (!sent) return asArchive();
      const { body, part } = sent;
      gone.addEventListener('abort', () => body.destroy());
      if (gone.aborted) body.destroy();
      const { firstByte, lengthBytes, sizeBytes, isRange, version } = part;
      if (isRange) {
        reply.code(206);
        reply.header('content-range', `bytes ${firstByte}-${firstByte + lengthBytes - 1}/${sizeBytes}`);
      }
      return reply
        .header('content-disposition', contentDisposition(nameOf(path)))
        .header('content-length', lengthBytes)
        .header('accept-ranges', 'bytes')
        .header('etag', `"${version}"`)
        .header('x-content-type-options', 'nosniff')
        .type('application/octet-stream')
        .send(body);
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
          const path = entryPathBytes(query);
          const source = atMost(request.raw, mostUploadedBytes);
          const replace = query.replace === 'true';
          return reply.code(201).send(await streams.upload(params.id, path, source, { replace }));
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

/** The body of a request; an error instead of its end when it is larger, or breaks off. */
function atMost(body: IncomingMessage, limitBytes: number): Transform {
  const tooLarge = () =>
    new AppError('payload_too_large', `One request uploads at most ${limitBytes / 1024 / 1024} MB`);
  if (Number(body.headers['content-length']) > limitBytes) throw tooLarge();
  let bytes = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > limitBytes) done(tooLarge());
      else done(null, chunk);
    },
  });
  // What listens later is told by `errored`.
  counted.on('error', () => {});
  body.once('close', () => {
    if (!body.readableEnded) counted.destroy(new AppError('unavailable', 'The upload broke off'));
  });
  return body.pipe(counted);
}

function nameOf(path: Buffer): string {
  return path.subarray(path.lastIndexOf('/') + 1).toString('utf8');
}
