import { allowedActions, needsInstallation, type PowerAction } from '@catalyst/shared/features/server-states';
import type { Server } from '@catalyst/shared/features/servers';
import { strings } from './strings.ts';

export interface PowerChoice {
  action: PowerAction;
  label: string;
  /** Asked first, because it loses something. */
  needsConfirmation: boolean;
}

type Powered = Pick<Server, 'state' | 'reason' | 'permissions' | 'node' | 'nextRestartAt'>;

/** What the caller may do now, the one that is right for the state first. */
export function powerChoices(server: Powered): PowerChoice[] {
  if (!server.node.online) return [];
  return allowedActions(server.state)
    .filter((action) => mayOnServer(server, `server.${action}`))
    .filter((action) => action !== 'start' || !needsInstallation(server.reason))
    .map((action) => ({
      action,
      label: labelOf(server, action),
      needsConfirmation: action === 'kill',
    }));
}

/** Whether the button of the first choice stands out: only when acting is the expected next step. */
export function isExpected(choice: PowerChoice): boolean {
  return choice.action === 'start';
}

export function mayOnServer(server: Pick<Server, 'permissions'>, permission: string): boolean {
  return server.permissions.includes('*') || server.permissions.includes(permission);
}

function labelOf(server: Powered, action: PowerAction): string {
  if (server.state === 'installing' && action === 'kill') return strings.cancelInstall;
  if (server.state === 'crashed' && server.nextRestartAt) {
    if (action === 'start') return strings.startNow;
    if (action === 'stop') return strings.stopRetrying;
  }
  return strings.power[action];
}
