import { AppError } from '@catalyst/shared/contract/errors';
import type { FastifyRequest } from 'fastify';
import type { SessionStore } from '../features/sessions/session-store.ts';
import { addressGroup } from './client-address.ts';
import { isFromOwnPage } from './origin.ts';
import { isApiRequest } from './panel-http.ts';
import type { RateLimiter } from './rate-limits.ts';
import { readBearer, readSessionCookie } from './session-cookie.ts';

const readOnly = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Finds out who asks, by cookie or bearer token, and counts the request: against the user when he is known, else against
 * the address. A credential that is wrong counts as none.
 */
export function authenticator(store: SessionStore, limiter: RateLimiter) {
  return async function authenticate(request: FastifyRequest): Promise<void> {
    const bearer = readBearer(request.headers);
    const token = bearer ?? readSessionCookie(request.headers, request.isSecure);
    const known = token && store.recall(token);
    if (known) limiter.take('signedIn', known.userId);
    else limiter.take(anonymousBucket(request), addressGroup(request.clientIp));
    const caller = token ? (known ?? (await store.find(token))) : undefined;
    if (!caller) return;
    request.caller = caller;
    request.callerThrough = bearer ? 'bearer' : 'cookie';
    if (!bearer && !readOnly.has(request.method) && !isFromOwnPage(request.raw)) {
      throw new AppError('origin_refused', 'A browser must say which page a change comes from');
    }
  };
}

function anonymousBucket(request: FastifyRequest): 'health' | 'tickets' | 'files' | 'anonymous' {
  const { url, config } = request.routeOptions;
  if (url === '/health') return 'health';
  if (config.permission === 'ticket') return 'tickets';
  return isApiRequest(request) ? 'anonymous' : 'files';
}
