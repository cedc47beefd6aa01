import { AppError } from '@catalyst/shared/contract/errors';
import type { FastifyRequest } from 'fastify';
import type { Caller } from '../access.ts';
import { addressGroup } from './client-address.ts';
import type { Credentials } from './credentials.ts';
import { isFromOwnPage } from './origin.ts';
import { isApiRequest } from './panel-http.ts';
import type { RateLimiter } from './rate-limits.ts';

const readOnly = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Finds out who asks, by API key, bearer token or cookie, and counts the request: against the key or the user when he
 * is known, else against the address. A credential that is wrong counts as none.
 */
export function authenticator(credentials: Credentials, limiter: RateLimiter) {
  return async function authenticate(request: FastifyRequest): Promise<void> {
    const credential = credentials.read(request.headers, request.isSecure);
    const known = credential && credentials.recall(credential, request.clientIp);
    if (known) await countFor(known, limiter);
    else await limiter.take(anonymousBucket(request), addressGroup(request.clientIp));
    const caller = known ?? (credential && (await credentials.find(credential, request.clientIp)));
    if (!caller) return;
    request.caller = caller;
    request.callerThrough = credential?.kind === 'cookie' ? 'cookie' : 'bearer';
    if (credential?.kind === 'cookie' && !readOnly.has(request.method) && !isFromOwnPage(request.raw)) {
      throw new AppError('origin_refused', 'A browser must say which page a change comes from');
    }
  };
}

function countFor({ userId, key }: Caller, limiter: RateLimiter): void | Promise<void> {
  if (!key) return limiter.take('signedIn', userId);
  if (key.requestsPerMinute === null) return limiter.take('signedIn', key.id);
  return limiter.takeOwn(key.id, key.requestsPerMinute);
}

function anonymousBucket(request: FastifyRequest): 'health' | 'tickets' | 'files' | 'anonymous' {
  const { url, config } = request.routeOptions;
  if (url === '/health') return 'health';
  if (config.permission === 'ticket') return 'tickets';
  return isApiRequest(request) ? 'anonymous' : 'files';
}
