import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { RouteConfig } from '@catalyst/shared/contract/route';
import type { FastifyBaseLogger, FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Caller } from '../access.ts';
import type { AuditActor } from '../features/audit/audit.service.ts';

/** The panel's HTTP server: `app.route({ ...someRoutes.get, handler })` validates, types and documents from the contract. */
export type PanelHttp = FastifyInstance<
  Server,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** What a handler knows about an action that its audit entry would not say by itself. */
interface AuditNote {
  actor?: AuditActor;
  target?: { kind: string; id?: string; name?: string };
  details?: Record<string, unknown>;
  /** The request was only a part of what is recorded when all of it has come. */
  isPart?: boolean;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; null on public routes without a session. */
    caller: Caller | null;
    /** By which credential: only a cookie is sent by a browser without being asked. */
    callerThrough: 'cookie' | 'bearer' | null;
    /** The browser's connection is encrypted. */
    isSecure: boolean;
    /** The address of whoever really asks, also behind a trusted proxy. */
    clientIp: string;
    /** Handlers add here what the audit entry should say. */
    auditNote: AuditNote | null;
  }
  interface FastifyContextConfig extends Partial<RouteConfig> {}
}

/** The caller of a route that asks for more than `public`; the hook has seen to it that there is one. */
export function callerOf(request: { caller: Caller | null }): Caller {
  if (!request.caller) throw new Error('The route is public: it may have no caller');
  return request.caller;
}

/** By the route it found, as the same address can be spelled in many ways (`/%61pi/`). */
export const isApiRequest = ({ routeOptions, url }: Pick<FastifyRequest, 'routeOptions' | 'url'>) =>
  (routeOptions.url ?? url).startsWith('/api/');
