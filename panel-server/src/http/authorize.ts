import { AppError } from '@catalyst/shared/contract/errors';
import type { Access } from '@catalyst/shared/contract/permissions';
import { permissionCatalogue } from '@catalyst/shared/contract/permissions';
import { Id } from '@catalyst/shared/contract/values';
import type { FastifyRequest } from 'fastify';
import { type AccessRules, noSuchServer } from '../access.ts';

/**
 * The hook that compares what a route declares with what its caller holds, before the body is read. A route that
 * declares nothing cannot be registered.
 */
export function authorizer(
  access: AccessRules,
  route: { method: string | string[]; url: string; config?: { permission?: Access; onServer?: boolean } },
) {
  const { permission, onServer = false } = route.config ?? {};
  if (!permission || !isAccess(permission)) {
    throw new Error(`The route ${route.method} ${route.url} declares no permission`);
  }
  return async function authorize(request: FastifyRequest): Promise<void> {
    const caller = request.caller ?? undefined;
    if (!onServer) {
      await access.authorize(caller, permission);
      return;
    }
    if (!caller) throw new AppError('unauthenticated', 'Sign in first');
    const { id } = request.params as { id?: string };
    if (!Id.safeParse(id).success) throw noSuchServer();
    await access.authorize(caller, permission, id);
  };
}

const isAccess = (text: string) =>
  text in permissionCatalogue || text === 'public' || text === 'signed-in' || text === 'ticket';
