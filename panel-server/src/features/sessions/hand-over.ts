import type { FastifyReply, FastifyRequest } from 'fastify';
import { sessionCookie } from '../../http/session-cookie.ts';
import { actorOf } from '../audit/audit.service.ts';
import type { Client } from './session-store.ts';
import type { SignedInSession, Visitor } from './sign-in.ts';

/** The token as a cookie for browsers and in the answer for programs. */
export function handOver(
  { token, expiresAt, user, caller }: SignedInSession,
  request: FastifyRequest,
  reply: FastifyReply,
) {
  request.auditNote = {
    actor: actorOf(caller),
    target: { kind: 'session', id: caller.sessionId },
    details: { email: user.email },
  };
  reply.header('set-cookie', sessionCookie(token, expiresAt, request.isSecure));
  return { token, expiresAt, user };
}

export const clientOf = (request: FastifyRequest): Client => ({
  ip: request.clientIp,
  userAgent: request.headers['user-agent'] ?? '',
});

export const visitorOf = (request: FastifyRequest): Visitor => ({
  client: clientOf(request),
  previous: request.caller ?? undefined,
  recognise: ({ id, name }) => {
    request.auditNote = { ...request.auditNote, target: { kind: 'user', id, name } };
  },
});
