import { z } from 'zod';
import type { Access } from './permissions.ts';

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface RouteConfig {
  /** What the caller must hold. */
  permission: Access;
  /** Name of the audit entry written for each call, success or not; every route that changes something has one. */
  audit?: string;
  /** The `:id` of the URL names a server, so rights on that server count. */
  onServer?: boolean;
  /** It is enough to hold the permission for some nodes: the handler sees to it that only they are touched. */
  onSomeNodes?: boolean;
  /** Only for people with a session; an API key is refused, whatever it may do otherwise. */
  notForKeys?: boolean;
  /** Only for whoever proved in the last ten minutes who he is; others are told `reauthentication_required`. */
  recentlyAuthenticated?: boolean;
  /** The answer (or the body) is a stream of bytes, not JSON. */
  stream?: 'download' | 'upload';
}

export interface RouteSchema {
  summary: string;
  tags: string[];
  params?: z.ZodType;
  querystring?: z.ZodType;
  body?: z.ZodType;
  response: Record<number, z.ZodType>;
}

export interface Route {
  method: HttpMethod;
  url: `/${string}`;
  config: RouteConfig;
  schema: RouteSchema;
}

/** Declares one REST endpoint: usable as a Fastify route, as an OpenAPI entry and as the type of a client's call. */
export const route = <const R extends Route>(declaration: R): R => declaration;

export const NoContent = z.undefined().meta({ description: 'No content' });

export type Routes = Record<string, Route>;
export type Api = Record<string, Routes>;
