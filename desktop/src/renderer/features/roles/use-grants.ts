import { type Grants, grantsOf, isWithin } from '@catalyst/shared/contract/permissions';
import { useMemo } from 'react';
import { useUser } from '../sessions/use-session.ts';

const none: Grants = new Set();

/** All that the person may hand on to others anywhere: nothing, when the role is limited to nodes. */
export function useGivableGrants(): Grants {
  const { permissions, nodeIds } = useUser();
  return useMemo(() => (nodeIds === null ? grantsOf(permissions) : none), [permissions, nodeIds]);
}

/** Whether a role, or whoever has it, holds nothing that the person does not. */
export function useIsWithinMine(): (permissions: readonly string[]) => boolean {
  const grants = useGivableGrants();
  return (permissions) => isWithin(permissions, grants);
}
