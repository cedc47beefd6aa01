import { AppError } from '@catalyst/shared/contract/errors';
import { type Access, permissionCatalogue } from '@catalyst/shared/contract/permissions';
import type { RouteConfig } from '@catalyst/shared/contract/route';
import { Id } from '@catalyst/shared/contract/values';
import type { FastifyRequest } from 'fastify';
import { type AccessRules, noSuchServer } from '../access.ts';

interface Declared {
  method: string | string[];
  url: string;
  config?: Partial<RouteConfig>;
}

/**
 * The hook that compares what a route declares with what its caller holds, before the body is read. A route that
 * declares nothing cannot be registered.
 */
export function authorizer(access: AccessRules, route: Declared) {
  const { permission, onServer = false, onSomeNodes = false } = route.config ?? {};
  if (!permission || !isAccess(permission)) {
    throw new Error(`The route ${route.method} ${route.url} declares no permission`);
  }
  const refusesKeys = isClosedToKeys(route, permission);
  const isOnNode = route.url.startsWith('/api/nodes/:id');
  return async function authorize(request: FastifyRequest): Promise<void> {
    const caller = request.caller ?? undefined;
    if (permission === 'public' || permission === 'ticket') return;
    if (!caller) throw new AppError('unauthenticated', 'Sign in first');
    if (refusesKeys && caller.key) throw new AppError('forbidden', 'API keys cannot do this; sign in');
    const { id } = request.params as { id?: string };
    if (onServer) await access.authorize(caller, permission, serverIdOf(id));
    else if (permission === 'signed-in') return;
    else if (isOnNode) access.requireOnNode(caller, permission, String(id));
    else access.require(caller, permission, onSomeNodes ? 'some-nodes' : 'everywhere');
  };
}

/** What a key may change is named by a permission. */
function isClosedToKeys({ method, config }: Declared, permission: Access): boolean {
  if (config?.notForKeys) return true;
  return permission === 'signed-in' && ![method].flat().every((one) => one === 'GET' || one === 'HEAD');
}

function serverIdOf(id: string | undefined): string {
  if (!Id.safeParse(id).success) throw noSuchServer();
  return id as string;
}

const isAccess = (text: string) =>
  text in permissionCatalogue || text === 'public' || text === 'signed-in' || text === 'ticket';
