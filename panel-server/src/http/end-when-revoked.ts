import type { Caller } from '../access.ts';
import type { Revocation, Revocations } from '../revocations.ts';

/** Ends what is open for a caller on one server when he loses the right to it. Gives the way to stop listening. */
export function endWhenRevoked(
  revocations: Revocations,
  caller: Caller,
  serverId: string,
  end: () => void,
): () => void {
  return revocations.on((revocation) => {
    if (concerns(revocation, caller, serverId)) end();
  });
}

function concerns(revocation: Revocation, { userId, sessionId }: Caller, serverId: string): boolean {
  switch (revocation.kind) {
    case 'session':
      return revocation.sessionId === sessionId;
    case 'user':
      return revocation.userId === userId;
    case 'server':
      return revocation.serverId === serverId && (revocation.userId ?? userId) === userId;
    case 'node':
      return false;
  }
}
