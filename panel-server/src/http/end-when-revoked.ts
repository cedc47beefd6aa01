import { AppError } from '@catalyst/shared/contract/errors';
import type { Caller } from '../access.ts';
import type { Revocation, Revocations } from '../revocations.ts';

/**
 * Ends what lasts (a stream, a wait) when its caller is signed out, or may not have it any more; `mayStill` is asked at
 * each change of rights. Gives the way to stop listening.
 */
export function endWhenRevoked(
  revocations: Revocations,
  caller: Caller,
  mayStill: () => boolean,
  end: (reason: AppError) => void,
): () => void {
  const stop = revocations.on((revocation) => {
    const isSignedOut = isSignOut(revocation, caller);
    if (!isSignedOut && mayStill()) return;
    stop();
    end(
      isSignedOut
        ? new AppError('unauthenticated', 'The session has ended')
        : new AppError('forbidden', 'You may not do this any more'),
    );
  });
  return stop;
}

function isSignOut(revocation: Revocation, { sessionId, userId }: Caller): boolean {
  if (revocation.kind === 'session') return revocation.sessionId === sessionId;
  return revocation.kind === 'user' && revocation.userId === userId;
}
