import type { Permission } from '@catalyst/shared/contract/permissions';
import type { AccessRules, Caller } from '../access.ts';
import { isAbout, type Revocation, type Revocations } from '../revocations.ts';

interface OpenStream {
  caller: Caller;
  serverId: string;
  /** What it takes to have it open. */
  permission: Permission;
}

/** Ends what is open for a caller on one server when he loses the right to it. Gives the way to stop listening. */
export function endWhenRevoked(
  { revocations, access }: { revocations: Revocations; access: AccessRules },
  stream: OpenStream,
  end: () => void,
): () => void {
  return revocations.on((revocation) => {
    if (isEnd(revocation, stream, access)) end();
  });
}

function isEnd(revocation: Revocation, { caller, serverId, permission }: OpenStream, access: AccessRules) {
  switch (revocation.kind) {
    case 'session':
      return revocation.sessionId === caller.sessionId;
    case 'user':
      return revocation.userId === caller.userId;
    case 'server':
      return revocation.serverId === serverId && (revocation.userId ?? caller.userId) === caller.userId;
    case 'rights':
      return isAbout(revocation, caller) && !access.mayOnServer(caller, permission, serverId);
    case 'node':
      return false;
  }
}
