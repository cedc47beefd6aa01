import type { FastifyReply, FastifyRequest } from 'fastify';
import { type AuditRecord, type AuditService, actorOf } from '../features/audit/audit.service.ts';
import { errorAnswer } from './error-handler.ts';

/** For routes that declare an audit action: every call leaves an entry before it is answered, refused ones too. */
export function auditHooks(audit: AuditService, action: string, onServer: boolean) {
  const recorded = new WeakSet<FastifyRequest>();
  return {
    /** What cannot be recorded is not begun. */
    preHandler: () => audit.ensureWritable(),

    /** The object the action made is its target. */
    async preSerialization(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> {
      if (reply.statusCode < 300 && request.auditNote?.target === undefined) {
        const { id, name } = (payload ?? {}) as { id?: unknown; name?: unknown };
        if (typeof id === 'string') {
          const target = { kind: targetKind(action), id, ...(typeof name === 'string' && { name }) };
          request.auditNote = { ...request.auditNote, target };
        }
      }
      return payload;
    },

    async onSend(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> {
      // A flood that is turned away must not fill the log; the failures that led to it are in it.
      if (recorded.has(request) || reply.statusCode === 429) return payload;
      if (request.auditNote?.isPart && reply.statusCode < 300) return payload;
      recorded.add(request);
      try {
        await audit.record(entryOf(request, reply, payload, action, onServer));
        return payload;
      } catch (error) {
        if (reply.statusCode >= 400) return payload;
        reply.removeHeader('content-length');
        return errorAnswer(error, request, reply);
      }
    },
  };
}

function entryOf(
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
  action: string,
  onServer: boolean,
): AuditRecord {
  const { id } = (request.params ?? {}) as { id?: string };
  const note = request.auditNote;
  const isSuccess = reply.statusCode < 400;
  const errorCode = isSuccess ? undefined : errorCodeOf(payload);
  const named = id && idShape.test(id) ? { kind: onServer ? 'server' : targetKind(action), id } : undefined;
  return {
    action,
    outcome: isSuccess ? 'success' : 'failure',
    actor: note?.actor ?? actorOf(request.caller ?? undefined),
    target: note?.target ?? named,
    serverId: onServer ? named?.id : undefined,
    ip: request.clientIp,
    requestId: request.id,
    errorCode,
    details: note?.details ?? detailsOf(request.body, errorCode),
  };
}

/** What was asked for. Of input that the contract does not know only the names, as a secret may be misspelled. */
function detailsOf(body: unknown, errorCode: string | undefined): Record<string, unknown> {
  if (!isRecord(body)) return {};
  return errorCode === 'invalid_input' ? { fields: Object.keys(body).slice(0, 50) } : body;
}

/** Whatever else stands in an address names nothing that there could be. */
const idShape = /^[\w.:-]{1,100}$/;

const targetKind = (action: string) => action.replace(/\..*$/, '');

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !('pipe' in value);

function errorCodeOf(payload: unknown): string {
  try {
    return JSON.parse(String(payload)).error.code;
  } catch {
    return 'internal';
  }
}
