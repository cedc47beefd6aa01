import { isRemovable, type PowerAction } from '@catalyst/shared/features/server-states';
import type { Server } from '@catalyst/shared/features/servers';
import { mayOnServer, powerChoices } from './power.ts';

export const bulkPower: PowerAction[] = ['start', 'stop', 'restart', 'kill'];
export const bulkOthers = ['suspend', 'unsuspend', 'tag', 'group', 'delete'] as const;
export type BulkAction = PowerAction | (typeof bulkOthers)[number];

/** Those of the servers on which the person may do it, and that are in a state for it. */
export function affectedBy(action: BulkAction, servers: readonly Server[]): Server[] {
  return servers.filter((server) => isAffected(action, server));
}

function isAffected(action: BulkAction, server: Server): boolean {
  if (action === 'suspend') return mayOnServer(server, 'server.suspend') && server.suspendedAt === null;
  if (action === 'unsuspend') return mayOnServer(server, 'server.suspend') && server.suspendedAt !== null;
  if (action === 'delete') return mayOnServer(server, 'server.delete') && isRemovable(server.state);
  if (action === 'tag' || action === 'group') return mayOnServer(server, 'server.update');
  return powerChoices(server).some((choice) => choice.action === action);
}
