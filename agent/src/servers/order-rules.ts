import { AppError } from '@catalyst/shared/contract/errors';
import type { AgentAction } from '@catalyst/shared/features/agent-link';
import { allowedActions, isTransitionAllowed } from '@catalyst/shared/features/server-states';
import type { ServerRecord } from './server-record.ts';

/** Why this action cannot be done on a server as it is now; null when it can. */
export function findRefusal(record: ServerRecord, action: AgentAction): AppError | null {
  const { state, spec } = record;
  if (record.removal) return new AppError('not_found', 'This server is being removed');
  if (action === 'remove') return null;
  if (spec.suspended) return new AppError('suspended', 'This server is suspended');
  if (action === 'install') {
    if (isTransitionAllowed(state, 'installing', 'panel')) return null;
    return new AppError('invalid_state', `A server that is ${state} cannot be installed`);
  }
  if (!allowedActions(state).includes(action)) {
    return new AppError('invalid_state', `A server that is ${state} cannot be told to ${action}`);
  }
  if (action === 'start' && !record.isInstalled) {
    return new AppError('invalid_state', 'This server is not installed yet');
  }
  return null;
}
