import { AppError } from '@catalyst/shared/contract/errors';
import { oidcRoutes } from '@catalyst/shared/features/oidc';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { PanelCore } from '../../core.ts';
import { callerOf } from '../../http/panel-http.ts';
import { handOver, visitorOf } from '../sessions/hand-over.ts';
import { oidcCookie, readOidcCookie } from './oidc-cookie.ts';
import type { OidcProviders } from './oidc-providers.ts';
import type { OidcSignIn, Outcome } from './oidc-sign-in.ts';

export function registerOidcRoutes(
  { http: app }: Pick<PanelCore, 'http'>,
  { providers, oidc }: { providers: OidcProviders; oidc: OidcSignIn },
): void {
  app.route({
    ...oidcRoutes.start,
    handler: async ({ params, body, caller, isSecure }, reply) => {
      const { url, cookie, expiresAt } = await oidc.start(params.id, body.purpose, caller ?? undefined);
      reply.header('set-cookie', oidcCookie(cookie, expiresAt, isSecure));
      return { url };
    },
  });
  app.route({
    ...oidcRoutes.finish,
    handler: async (request, reply) => {
      const cookie = readOidcCookie(request.headers, request.isSecure);
      reply.header('set-cookie', oidcCookie('', new Date(0), request.isSecure));
      try {
        return answer(await oidc.finish(request.body.search, cookie, visitorOf(request)), request, reply);
      } catch (error) {
        const challenge = error instanceof AppError ? error.challenge : undefined;
        if (!challenge) throw error;
        request.auditNote = { details: { step: 'a second factor is asked for' } };
        return { purpose: 'sign-in' as const, challenge };
      }
    },
  });
  app.route({
    ...oidcRoutes.unlink,
    handler: async (request, reply) => {
      await oidc.unlink(callerOf(request), request.params.id);
      return reply.code(204).send();
    },
  });
  app.route({ ...oidcRoutes.list, handler: ({ query }) => providers.list(query) });
  app.route({
    ...oidcRoutes.create,
    handler: async (request, reply) =>
      reply.code(201).send(await providers.create(request.body, callerOf(request))),
  });
  app.route({
    ...oidcRoutes.update,
    handler: (request) => providers.update(request.params.id, request.body, callerOf(request)),
  });
  app.route({
    ...oidcRoutes.delete,
    handler: async ({ params }, reply) => {
      await providers.delete(params.id);
      return reply.code(204).send();
    },
  });
  app.route({ ...oidcRoutes.test, handler: ({ params }) => providers.test(params.id) });
}

function answer(outcome: Outcome, request: FastifyRequest, reply: FastifyReply) {
  switch (outcome.purpose) {
    case 'sign-in':
      return { purpose: outcome.purpose, signedIn: handOver(outcome.signedIn, request, reply) };
    case 'link':
      return { purpose: outcome.purpose };
    case 'reauthenticate':
      return {
        purpose: outcome.purpose,
        reauthenticated: { authenticatedUntil: outcome.authenticatedUntil },
      };
  }
}
