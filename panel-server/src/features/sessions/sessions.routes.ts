import { sessionRoutes } from '@catalyst/shared/features/sessions';
import { callerOf, type PanelHttp } from '../../http/panel-http.ts';
import { endedSessionCookie } from '../../http/session-cookie.ts';
import { isInsecureTransport } from '../../http/transport.ts';
import { clientOf, handOver, visitorOf } from './hand-over.ts';
import type { SessionsService } from './sessions.service.ts';
import type { SetupService } from './setup.service.ts';
import type { SignIn } from './sign-in.ts';

export function registerSessionRoutes(
  app: PanelHttp,
  { signIn, sessions }: { signIn: SignIn; sessions: SessionsService },
  setup: SetupService,
): void {
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
    handler: async (request, reply) =>
      handOver(await signIn.byPassword(request.body, visitorOf(request)), request, reply),
  });
  app.route({
    ...sessionRoutes.factor,
    handler: async (request, reply) =>
      handOver(await signIn.bySecondStep(request.body, visitorOf(request)), request, reply),
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
  app.route({
    ...sessionRoutes.list,
    handler: (request) => sessions.list(callerOf(request), request.query),
  });
  app.route({
    ...sessionRoutes.end,
    handler: async (request, reply) => {
      await sessions.end(callerOf(request), request.params.id);
      return reply.code(204).send();
    },
  });
  app.route({ ...sessionRoutes.endOthers, handler: (request) => sessions.endOthers(callerOf(request)) });
  app.route({
    ...sessionRoutes.reauthenticationState,
    handler: (request) => sessions.reauthenticationState(callerOf(request)),
  });
  app.route({
    ...sessionRoutes.reauthenticate,
    handler: (request) => sessions.reauthenticate(callerOf(request), request.body, clientOf(request)),
  });
}
