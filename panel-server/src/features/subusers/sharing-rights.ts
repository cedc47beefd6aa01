import { AppError } from '@catalyst/shared/contract/errors';
import type { Permission } from '@catalyst/shared/contract/permissions';
import { type Caller, grantsOnServer, type Person, type ServerPlace } from '../../access.ts';

/** Nobody gives on a server what he does not hold there. Throws `forbidden` naming what is too much. */
export function assertMayShare(caller: Caller, place: ServerPlace, permissions: readonly Permission[]): void {
  const held = grantsOnServer(caller, place);
  const missing = permissions.filter((name) => !held.has(name));
  if (missing.length === 0) return;
  throw new AppError('forbidden', 'You cannot grant what you do not hold yourself', {
    issues: missing.map((name) => ({
      path: 'permissions',
      message: `${name} is not among your permissions`,
    })),
  });
}

/** Who may change, or take away, what another person may do on a server. Throws `forbidden`. */
export function assertMayChangeSubuser(caller: Caller, place: ServerPlace, target: Person): void {
  if (target.userId === caller.userId) {
    throw new AppError('forbidden', 'You cannot change your own access; you can leave the server');
  }
  if (target.userId === place.ownerId) {
    throw new AppError('forbidden', 'The owner holds all rights on the server');
  }
  const held = grantsOnServer(caller, place);
  const theirs = grantsOnServer({ person: target, key: null }, place);
  if ([...theirs].every((name) => held.has(name))) return;
  throw new AppError('forbidden', 'This person may do more on the server than you');
}
