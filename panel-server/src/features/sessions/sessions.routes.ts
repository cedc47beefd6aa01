import { sessionRoutes } from '@catalyst/shared/features/sessions';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { callerOf, type PanelHttp } from '../../http/panel-http.ts';
import { endedSessionCookie, sessionCookie } from '../../http/session-cookie.ts';
import { isInsecureTransport } from '../../http/transport.ts';
import { actorOf } from '../audit/audit.service.ts';
import type { Client } from './session-store.ts';
import type { SessionsService, SignedInSession } from './sessions.service.ts';
import type { SetupService } from './setup.service.ts';

export function registerSessionRoutes(app: PanelHttp, sessions: SessionsService, setup: SetupService): void {
  app.route({
    ...sessionRoutes.setupState,
    handler: async (request) => {
      await setup.requireOpen();
      return { required: true as const, insecureTransport: isInsecureTransport(request) };
    },
  });
  app.route({
    ...sessionRoutes.setup,
    handler: async (request, reply) => {
      const signedIn = await setup.complete(request.body, clientOf(request));
      return reply.code(201).send(handOver(signedIn, request, reply));
    },
  });
  app.route({
    ...sessionRoutes.login,
    handler: async (request, reply) => {
      const signedIn = await sessions.signIn(request.body, clientOf(request), request.caller ?? undefined);
      return handOver(signedIn, request, reply);
    },
  });
  app.route({
    ...sessionRoutes.logout,
    handler: async (request, reply) => {
      await sessions.signOut(callerOf(request));
      reply.header('set-cookie', endedSessionCookie(request.isSecure));
      return reply.code(204).send();
    },
  });
  app.route({ ...sessionRoutes.me, handler: (request) => sessions.me(callerOf(request)) });
}

/** The token as a cookie for browsers and in the answer for programs. */
function handOver(
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

const clientOf = (request: FastifyRequest): Client => ({
  ip: request.clientIp,
  userAgent: request.headers['user-agent'] ?? '',
});
