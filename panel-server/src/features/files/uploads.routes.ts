import { AppError } from '@catalyst/shared/contract/errors';
import { type FileUpload, uploadRoutes } from '@catalyst/shared/features/uploads';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AccessRules } from '../../access.ts';
import type { NameTarget } from '../../http/audit-target.ts';
import { endWhenRevoked } from '../../http/end-when-revoked.ts';
import { callerOf, type PanelHttp } from '../../http/panel-http.ts';
import type { Revocations } from '../../revocations.ts';
import { type AuditService, actorOf } from '../audit/audit.service.ts';
import type { UploadStore } from './upload-store.ts';
import type { UploadsService } from './uploads.service.ts';

/** Whoever uploads and sends nothing for so long is gone; what has come stays. */
const idleMs = 120_000;

interface UploadRoutesParts {
  uploads: UploadsService;
  nameTarget: NameTarget;
  access: AccessRules;
  revocations: Revocations;
  audit: AuditService;
}

export async function registerUploadRoutes(app: PanelHttp, parts: UploadRoutesParts): Promise<void> {
  const { uploads, nameTarget, access, revocations, audit } = parts;

  app.route({
    ...uploadRoutes.list,
    handler: async ({ params }) => ({ items: await uploads.list(params.id), nextCursor: null }),
  });
  app.route({
    ...uploadRoutes.get,
    preHandler: nameTarget,
    handler: async (request, reply) => {
      const { id, uploadId } = request.params;
      if (request.method !== 'HEAD') {
        const upload = await uploads.get(id, uploadId);
        if (upload.isJustFinished) await recordPlaced(request, upload);
        return upload;
      }
      try {
        await answer(request, reply, id);
        return headersOnly(reply);
      } catch (error) {
        if (!(error instanceof AppError) || error.status < 500) throw error;
        return notNow(reply);
      }
    },
  });
  app.route({
    ...uploadRoutes.cancel,
    preHandler: nameTarget,
    handler: async (request, reply) => {
      reply.headers(protocol);
      const { id, uploadId } = request.params;
      const details = { uploadId, ...(await uploads.cancel(id, uploadId)) };
      request.auditNote = { ...request.auditNote, details };
      return reply.code(204).send();
    },
  });
  await app.register(async (streams) => {
    streams.removeAllContentTypeParsers();
    streams.addContentTypeParser('*', (_request, _payload, done) => done(null));
    const raw = streams as unknown as PanelHttp;
    raw.route({
      ...uploadRoutes.begin,
      preHandler: nameTarget,
      handler: async (request, reply) => {
        const { upload } = await answer(request, reply, request.params.id);
        if (!upload) throw new Error('The upload that was begun is not known');
        request.auditNote = { ...request.auditNote, details: detailsOf(upload) };
        return reply.code(201).send(upload);
      },
    });
    raw.route({
      ...uploadRoutes.append,
      preHandler: nameTarget,
      handler: async (request, reply) => {
        const { upload } = await answer(request, reply, request.params.id);
        if (upload) {
          const details = detailsOf(upload);
          request.auditNote = { ...request.auditNote, details, isPart: !upload.isFinished };
        }
        return reply.code(204).send();
      },
    });
  });

  /** Gives what the agent told meanwhile. The body ends when the caller may not write any more. */
  async function answer(
    request: FastifyRequest,
    reply: FastifyReply,
    serverId: string,
  ): Promise<UploadStore> {
    const { raw } = request;
    const caller = callerOf(request);
    const mayStill = () => access.mayOnServer(caller, 'file.write', serverId);
    const stop = endWhenRevoked(revocations, caller, mayStill, () => raw.destroy());
    raw.setTimeout(idleMs, () => raw.destroy());
    reply.headers(protocol);
    // Read when it is first wanted: most panels never need it.
    const { answerTus, UploadStore } = await import('./tus.ts');
    const store = new UploadStore({ uploads, serverId, startedBy: caller.name });
    // A PATCH that succeeds is in the audit log by its own action.
    let isRecorded = false;
    try {
      const { headers } = await answerTus(raw, `/api/servers/${serverId}/files/uploads`, store);
      reply.headers(Object.fromEntries(headers));
      isRecorded = request.method === 'PATCH';
      return store;
    } catch (error) {
      // Of what is refused no more is wanted than it takes to tell why.
      if (!raw.readableEnded) reply.header('connection', 'close');
      throw error;
    } finally {
      stop();
      raw.resume();
      if (store.placed && !isRecorded) await recordPlaced(request, store.placed);
    }
  }

  /** Where the action of the route says something else, or nothing. */
  function recordPlaced(request: FastifyRequest, upload: FileUpload): Promise<void> {
    const { id: serverId } = request.params as { id: string };
    const actor = actorOf(callerOf(request));
    const target = request.auditNote?.target ?? { kind: 'server', id: serverId };
    const from = { actor, target, serverId, ip: request.clientIp, requestId: request.id };
    const details = detailsOf(upload);
    return audit.record({ action: 'file.upload', outcome: 'success', ...from, details });
  }
}

function detailsOf({ path, pathBase64, sizeBytes, id: uploadId }: FileUpload) {
  return { path, pathBase64, sizeBytes, uploadId };
}

/** Clients of the protocol begin a new upload after any other failure, and wait after this: a node comes back. */
const notNow = (reply: FastifyReply) => reply.code(423).header('retry-after', '1').send();

/** What the contract says of the body is for GET. */
const headersOnly = (reply: FastifyReply) => reply.send();

const protocol = {
  'tus-resumable': '1.0.0',
  'tus-version': '1.0.0',
  'tus-extension': 'creation,creation-with-upload,termination,expiration',
};
