import { AppError } from '@catalyst/shared/contract/errors';
import { accountRoutes } from '@catalyst/shared/features/accounts';
import type { PanelCore } from '../../core.ts';
import { callerOf } from '../../http/panel-http.ts';
import { handOver, visitorOf } from '../sessions/hand-over.ts';
import type { Accounts } from './accounts.feature.ts';

type Core = Pick<PanelCore, 'http' | 'users' | 'sessions' | 'signInLimiter' | 'mail' | 'panelSettings'>;

export function registerAccountRoutes(core: Core, accounts: Accounts): void {
  const { http: app, signInLimiter } = core;
  const { registration, invitations, passwordReset, profile, signIn, factors, providers } = accounts;

  app.route({
    ...accountRoutes.options,
    handler: async () => {
      const { mode, domains } = await core.panelSettings.read('registration');
      return {
        registration: mode,
        domains: mode === 'domain' ? domains : [],
        passwordReset: await core.mail.isSetUp(),
        passkeys: true,
        providers: await providers.enabled(),
        minPasswordLength: (await core.panelSettings.read('passwords')).minLength,
      };
    },
  });
  app.route({
    ...accountRoutes.register,
    handler: async (request, reply) => {
      const signedIn = await registration.register(request.body, visitorOf(request));
      if (!signedIn) return reply.code(202).send({ email: request.body.email });
      return reply.code(201).send(handOver(signedIn, request, reply));
    },
  });
  app.route({
    ...accountRoutes.invitation,
    handler: async ({ body, clientIp }) => {
      const invitation = await signInLimiter.attempt(clientIp, 'invitation', () =>
        invitations.find(body.token),
      );
      if (!invitation) throw new AppError('invalid_credentials', 'This invitation has run out or was used');
      return { email: invitation.email, invitedBy: invitation.invitedBy, expiresAt: invitation.expiresAt };
    },
  });
  app.route({
    ...accountRoutes.verify,
    handler: async ({ body, clientIp }) => {
      const verified = await signInLimiter.attempt(clientIp, 'verify', async () => {
        const registered = await registration.verify(body.token);
        if (registered) return { purpose: 'registration' as const, email: registered };
        const changed = await profile.verifyEmail(body.token);
        return changed === undefined ? undefined : { purpose: 'email-change' as const, email: changed };
      });
      if (!verified) throw new AppError('invalid_credentials', 'This link has run out or was used already');
      return verified;
    },
  });
  app.route({
    ...accountRoutes.forgot,
    handler: async ({ body, clientIp }, reply) => {
      await passwordReset.forgot(body.email, clientIp);
      return reply.code(204).send();
    },
  });
  app.route({
    ...accountRoutes.reset,
    handler: async (request, reply) => {
      const { token, password } = request.body;
      await passwordReset.reset(token, password, visitorOf(request));
      return reply.code(204).send();
    },
  });
  app.route({
    ...accountRoutes.updateProfile,
    handler: (request) => profile.update(callerOf(request), request.body),
  });
  app.route({
    ...accountRoutes.changeEmail,
    handler: async (request, reply) => {
      const { email } = request.body;
      const user = await profile.changeEmail(callerOf(request), email, request.clientIp);
      return user ?? reply.code(202).send({ email });
    },
  });
  app.route({
    ...accountRoutes.changePassword,
    handler: async (request, reply) => {
      await profile.changePassword(callerOf(request), request.body, request.clientIp);
      return reply.code(204).send();
    },
  });
  app.route({
    ...accountRoutes.signInByPasskey,
    handler: async (request, reply) => {
      const userId = await signInLimiter.attempt(request.clientIp, 'passkey', () =>
        factors.passkeys.prove('sign-in', request.body),
      );
      const owner = userId ? await core.users.find(userId) : undefined;
      if (!owner || owner.user.disabledAt) {
        throw new AppError('invalid_credentials', 'This passkey does not open an account here');
      }
      return handOver(await signIn.finish(owner, visitorOf(request), { skipsFactor: true }), request, reply);
    },
  });
  app.route({ ...accountRoutes.invitations, handler: ({ query }) => invitations.list(query) });
  app.route({
    ...accountRoutes.invite,
    handler: async (request, reply) =>
      reply.code(201).send(await invitations.create(request.body, callerOf(request))),
  });
  app.route({
    ...accountRoutes.withdrawInvitation,
    handler: async ({ params }, reply) => {
      await invitations.withdraw(params.id);
      return reply.code(204).send();
    },
  });
  app.route({
    ...accountRoutes.makeResetLink,
    handler: async (request, reply) =>
      reply.code(201).send(await passwordReset.makeLink(request.params.id, callerOf(request))),
  });
}
