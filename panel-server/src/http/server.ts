import { randomBytes } from 'node:crypto';
import { AppError } from '@catalyst/shared/contract/errors';
import helmet from '@fastify/helmet';
import Fastify, { LogController } from 'fastify';
import type { AccessRules } from '../access.ts';
import type { Config } from '../config.ts';
import type { AuditService } from '../features/audit/audit.service.ts';
import type { Logger } from '../logger.ts';
import { auditHooks } from './audit.ts';
import { authenticator } from './authenticate.ts';
import { authorizer } from './authorize.ts';
import { answerUnreadable, answerUnroutable, bareHeaders } from './bare-answers.ts';
import { bodyDeadline } from './body-deadline.ts';
import type { ProxyTrust } from './client-address.ts';
import type { Credentials } from './credentials.ts';
import { answerError } from './error-handler.ts';
import type { FrontDoor } from './front-door.ts';
import type { Idempotency } from './idempotency.ts';
import { answerTheRest } from './not-found.ts';
import { isOwnOrigin } from './origin.ts';
import { isApiRequest, type PanelHttp } from './panel-http.ts';
import type { RateLimiter } from './rate-limits.ts';
import { serializerFor, validatorFor } from './schemas.ts';
import { securityHeaders } from './security-headers.ts';
import { transportHook } from './transport.ts';

interface HttpParts {
  config: Config;
  log: Logger;
  access: AccessRules;
  audit: AuditService;
  credentials: Credentials;
  limiter: RateLimiter;
  idempotency: Idempotency;
  door: FrontDoor;
  isTrusted: ProxyTrust;
}

/** A little above 1 MiB, so that a field of 1 MiB is refused for what it is and not for its wrapping. */
const maxBodyBytes = 1_048_576 + 65_536;

/** The HTTP server with every rule that holds for all routes; the routes themselves are registered on it afterwards. */
export async function createHttp(parts: HttpParts): Promise<PanelHttp> {
  const { config, door, isTrusted } = parts;
  const requestPrefix = randomBytes(6).toString('hex');
  let requestCount = 0;
  const app = Fastify({
    loggerInstance: parts.log as never,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: maxBodyBytes,
    onProtoPoisoning: 'error',
    onConstructorPoisoning: 'error',
    trustProxy: isTrusted,
    genReqId: () => `${requestPrefix}-${(++requestCount).toString(36)}`,
    clientErrorHandler: answerUnreadable,
    frameworkErrors: answerUnroutable,
    serverFactory: (handler) => {
      door.leadTo(handler);
      return door.server;
    },
  }) as unknown as PanelHttp;

  app.setErrorHandler(answerError);
  app.setValidatorCompiler(validatorFor as never);
  app.setSerializerCompiler(serializerFor as never);
  // What is not JSON is refused; a form of another site cannot send JSON.
  app.removeContentTypeParser('text/plain');

  app.decorateRequest('caller', null);
  app.decorateRequest('callerThrough', null);
  app.decorateRequest('isSecure', false);
  app.decorateRequest('clientIp', '');
  app.decorateRequest('auditNote', null);

  // First of all, as a request that is refused can have a body too.
  app.addHook('onRequest', async ({ raw, routeOptions }, reply) => {
    if (!routeOptions.config?.stream) bodyDeadline(raw);
    if (raw.headers.host === undefined && raw.httpVersion === '1.1') {
      reply.headers(bareHeaders);
      throw new AppError('bad_request', 'The request names no host');
    }
  });
  app.addHook('onRequest', transportHook(isTrusted, config.allowPlainHttp));
  await app.register(helmet, securityHeaders);
  app.addHook('onRequest', async (request, reply) => {
    if (!isApiRequest(request)) return;
    reply.header('cache-control', 'no-store');
    if (!isOwnOrigin(request.raw, isTrusted, config.publicUrl)) {
      throw new AppError('origin_refused', 'This request comes from a page of another site');
    }
  });
  app.addHook('onRequest', authenticator(parts.credentials, parts.limiter));
  answerTheRest(app, config.interfaceDir);
  app.addHook('onRoute', (route) => {
    const { audit, onServer = false } = route.config ?? {};
    const onRequest = [route.onRequest ?? [], authorizer(parts.access, route)].flat();
    const preHandler = [route.preHandler ?? []].flat();
    const preSerialization = [route.preSerialization ?? []].flat();
    const onSend = [route.onSend ?? []].flat();
    if (audit) {
      const hooks = auditHooks(parts.audit, audit, onServer);
      preHandler.push(hooks.preHandler);
      preSerialization.push(hooks.preSerialization as never);
      onSend.push(hooks.onSend as never);
    }
    if (route.method === 'POST' && !route.config?.stream) {
      preHandler.push(parts.idempotency.preHandler as never);
      onSend.push(parts.idempotency.onSend as never);
    }
    Object.assign(route, { onRequest, preHandler, preSerialization, onSend });
  });
  return app;
}
