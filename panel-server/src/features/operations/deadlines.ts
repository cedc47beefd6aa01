import type { ServerState } from '@catalyst/shared/features/server-states';
import type { Template } from '@catalyst/shared/features/templates';
import type { OperationRow } from './operation.entity.ts';

/** How long after an agent's deadline the panel waits for its last word. */
export const graceMs = 15_000;

/** How long an agent gets for an operation. A template that no longer exists is given the longest there is. */
export function operationTimeoutMs(kind: OperationRow['kind'], template: Template | undefined): number {
  const startSeconds = (template?.done.timeoutSeconds ?? 3600) + 30;
  const stopSeconds = (template?.stop.timeoutSeconds ?? 600) + 30;
  const seconds = {
    start: startSeconds,
    stop: stopSeconds,
    restart: stopSeconds + startSeconds,
    kill: 30,
    install: (template?.install.timeoutSeconds ?? 7200) + 30,
    delete: 600,
  };
  return seconds[kind] * 1000;
}

/** How long a server may be in a state that ends by itself when no operation of ours is open; null for other states. */
export function stateTimeoutMs(state: ServerState, template: Template | undefined): number | null {
  if (state === 'starting') return operationTimeoutMs('start', template) + graceMs;
  if (state === 'stopping') return operationTimeoutMs('stop', template) + graceMs;
  if (state === 'installing') return operationTimeoutMs('install', template) + graceMs;
  return null;
}

/** What a server's state says about an operation the agent carried out: its end, or null while it may be under way. */
export function outcomeByState(
  kind: OperationRow['kind'],
  state: ServerState,
): 'succeeded' | 'failed' | null {
  switch (kind) {
    case 'start':
    case 'restart':
      if (state === 'running') return 'succeeded';
      return state === 'starting' || (kind === 'restart' && state === 'stopping') ? null : 'failed';
    case 'stop':
    case 'kill':
      if (state === 'stopped' || state === 'crashed' || state === 'error') return 'succeeded';
      return state === 'stopping' || state === 'installing' ? null : 'failed';
    case 'install':
      if (state === 'installing') return null;
      return state === 'stopped' ? 'succeeded' : 'failed';
    case 'delete':
      return null;
  }
}
