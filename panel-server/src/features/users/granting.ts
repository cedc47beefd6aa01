import { AppError } from '@catalyst/shared/contract/errors';
import { builtInRoles, grantsOf, type PermissionPattern } from '@catalyst/shared/contract/permissions';
import { type Caller, grantsEverywhere } from '../../access.ts';

/** What every new user has is no favour. */
const common = grantsOf(builtInRoles.user.permissions);

/** Nobody gives what he does not hold. Throws `forbidden` naming what is too much. */
export function assertMayGrant(caller: Caller, granted: readonly string[], path = 'permissions'): void {
  const missing = missingOf(caller, granted);
  if (missing.length === 0) return;
  throw new AppError('forbidden', 'You cannot grant what you do not hold yourself', {
    issues: missing.slice(0, 20).map((name) => ({ path, message: `${name} is not among your permissions` })),
  });
}

/** Whoever holds more is changed by those only who hold as much. Throws `forbidden`. */
export function assertOutranks(caller: Caller, held: readonly string[]): void {
  if (missingOf(caller, held).length === 0) return;
  throw new AppError('forbidden', 'This holds more permissions than you do, so you cannot change it');
}

function missingOf(caller: Caller, granted: readonly string[]): PermissionPattern[] {
  const held = grantsEverywhere(caller);
  return [...grantsOf(granted)].filter((name) => !held.has(name) && !common.has(name));
}
