import type { Permission } from '@catalyst/shared/contract/permissions';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AccessRules } from '../../access.ts';
import { endWhenRevoked } from '../../http/end-when-revoked.ts';
import { callerOf } from '../../http/panel-http.ts';
import type { Revocations } from '../../revocations.ts';

interface UntilGoneParts {
  access: AccessRules;
  revocations: Revocations;
}

/** Aborted when the caller goes away, is signed out, or may not do this any more on the server of the address. */
export function untilGone(
  { access, revocations }: UntilGoneParts,
  request: FastifyRequest,
  reply: FastifyReply,
  permission: Permission,
): AbortSignal {
  const { id } = request.params as { id: string };
  const caller = callerOf(request);
  const gone = new AbortController();
  const mayStill = () => access.mayOnServer(caller, permission, id);
  const stop = endWhenRevoked(revocations, caller, mayStill, (reason) => gone.abort(reason));
  const closed = () => {
    stop();
    gone.abort();
  };
  // It does not tell again that it has closed.
  if (reply.raw.closed || reply.raw.destroyed) closed();
  else reply.raw.once('close', closed);
  return gone.signal;
}
