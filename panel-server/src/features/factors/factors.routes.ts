import { AppError } from '@catalyst/shared/contract/errors';
import { factorRoutes } from '@catalyst/shared/features/factors';
import type { FastifyRequest } from 'fastify';
import type { PanelCore } from '../../core.ts';
import { callerOf } from '../../http/panel-http.ts';
import type { AccountTokens } from '../accounts/account-tokens.ts';
import type { OidcSignIn } from '../oidc/oidc-sign-in.ts';
import { clientOf } from '../sessions/hand-over.ts';
import type { Factors } from './factors.service.ts';
import { passkeySite } from './passkey-site.ts';

type Core = Pick<PanelCore, 'http' | 'users' | 'panelSettings' | 'isTrusted' | 'signInLimiter'>;

export function registerFactorRoutes(
  core: Core,
  { factors, oidc }: { factors: Factors; oidc: OidcSignIn },
  tokens: AccountTokens,
): void {
  const { http: app } = core;
  const siteOf = (request: FastifyRequest) => passkeySite(request, core.panelSettings, core.isTrusted);

  app.route({
    ...factorRoutes.get,
    handler: async (request) => {
      const { userId } = callerOf(request);
      const owner = await core.users.find(userId);
      const enabledAt = (await factors.totp.enabledAt(userId)) ?? null;
      return {
        hasPassword: Boolean(owner?.user.passwordHash),
        totp: { isEnabled: enabledAt !== null, enabledAt },
        recoveryCodesLeft: await factors.recoveryCodes.left(userId),
        passkeys: await factors.passkeys.listOf(userId),
        passkeyProblem: (await siteOf(request)).problem ?? null,
        identities: await oidc.identitiesOf(userId),
      };
    },
  });
  app.route({
    ...factorRoutes.beginTotp,
    handler: async (request, reply) => reply.code(201).send(await factors.beginTotp(callerOf(request))),
  });
  app.route({
    ...factorRoutes.confirmTotp,
    handler: async (request) => ({
      recoveryCodes: await factors.confirmTotp(callerOf(request), request.body.code, clientOf(request)),
    }),
  });
  app.route({
    ...factorRoutes.removeTotp,
    handler: async (request, reply) => {
      await factors.removeTotp(callerOf(request));
      return reply.code(204).send();
    },
  });
  app.route({
    ...factorRoutes.renewRecoveryCodes,
    handler: async (request) => ({ recoveryCodes: await factors.renewRecoveryCodes(callerOf(request)) }),
  });
  app.route({
    ...factorRoutes.beginPasskey,
    handler: async (request) => {
      const { userId: id, email, name } = callerOf(request);
      return factors.passkeys.beginCreation({ id, email, name }, await siteOf(request));
    },
  });
  app.route({
    ...factorRoutes.addPasskey,
    handler: async (request, reply) => {
      const { ceremony, name, response } = request.body;
      const passkey = await factors.addPasskey(callerOf(request), ceremony, name, response);
      return reply.code(201).send(passkey);
    },
  });
  app.route({
    ...factorRoutes.renamePasskey,
    handler: (request) =>
      factors.passkeys.rename(callerOf(request).userId, request.params.id, request.body.name),
  });
  app.route({
    ...factorRoutes.removePasskey,
    handler: async (request, reply) => {
      await factors.removePasskey(callerOf(request), request.params.id);
      return reply.code(204).send();
    },
  });
  app.route({
    ...factorRoutes.askForPasskey,
    handler: async (request) => {
      const { purpose, challenge } = request.body;
      const site = await siteOf(request);
      if (purpose === 'sign-in') return factors.passkeys.beginProof(purpose, site);
      if (purpose === 'reauthenticate') {
        if (!request.caller || request.caller.key) throw new AppError('invalid_credentials', 'Sign in first');
        return factors.passkeys.beginProof(purpose, site, request.caller.userId);
      }
      const known = await core.signInLimiter.attempt(request.clientIp, 'factor', () =>
        tokens.find('factor', challenge ?? ''),
      );
      if (!known?.userId) {
        throw new AppError('invalid_credentials', 'The sign-in took too long; begin again');
      }
      return factors.passkeys.beginProof(purpose, site, known.userId);
    },
  });
}
