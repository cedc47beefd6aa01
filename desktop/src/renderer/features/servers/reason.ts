import type { Server } from '@catalyst/shared/features/servers';
import { formatMegabytes, formatRelative } from '../../components/units.ts';
import { mayOnServer } from './power.ts';

export type ReasonAction = 'see-lines' | 'raise-limit' | 'reinstall' | 'reset-crashes';

export interface Reason {
  tone: 'error' | 'warning' | 'offline' | 'info';
  title: string;
  text: string | null;
  actions: ReasonAction[];
}

type Explained = Pick<
  Server,
  | 'state'
  | 'reason'
  | 'reasonText'
  | 'exitCode'
  | 'crashCount'
  | 'lastCrashAt'
  | 'stateChangedAt'
  | 'nextRestartAt'
  | 'suspendedAt'
  | 'allocatedMemoryMb'
  | 'permissions'
  | 'node'
  | 'restartPolicy'
>;

/** What is wrong with a server, in a sentence, and what can be done about it; null when all is well. */
export function explain(server: Explained, now: Date): Reason | null {
  if (!server.node.online) {
    return {
      tone: 'offline',
      title: `Node ${server.node.name} is offline`,
      text: 'The panel cannot reach it, so nothing here is current and nothing can be sent. A running game goes on running.',
      actions: [],
    };
  }
  if (server.state === 'crashed') return explainCrash(server, now);
  if (server.state === 'error') return explainError(server, now);
  if (server.state === 'suspended') {
    return {
      tone: 'warning',
      title: `Suspended ${formatRelative(server.suspendedAt ?? server.stateChangedAt, now)}`,
      text: server.reasonText ?? 'It cannot be started until an administrator lifts the suspension.',
      actions: [],
    };
  }
  if (server.state === 'stopped' && server.reason === 'install_failed') return explainError(server, now);
  // It runs again, but somebody should know that it keeps falling over.
  if (server.state === 'running' && server.crashCount >= 3 && server.lastCrashAt) {
    return {
      tone: 'warning',
      title: `Crashed ${server.crashCount} times, the last ${formatRelative(server.lastCrashAt, now)}`,
      text: 'It was started again each time by its restart policy.',
      actions: allowed(server, ['see-lines', 'reset-crashes']),
    };
  }
  return null;
}

function explainCrash(server: Explained, now: Date): Reason {
  const isOutOfMemory = server.reason === 'out_of_memory';
  const parts = [`Crashed ${formatRelative(server.stateChangedAt, now)}`];
  if (server.exitCode !== null && server.exitCode >= 0) parts.push(`exit ${server.exitCode}`);
  if (isOutOfMemory) parts.push(`out of memory: limit ${formatMegabytes(server.allocatedMemoryMb)}`);
  const sentences = [];
  if (server.reasonText && !isOutOfMemory) sentences.push(endSentence(server.reasonText));
  sentences.push(retryPlan(server, now));
  return {
    tone: 'error',
    title: parts.join(', '),
    text: sentences.join(' '),
    actions: allowed(server, isOutOfMemory ? ['see-lines', 'raise-limit'] : ['see-lines']),
  };
}

function retryPlan(server: Explained, now: Date): string {
  if (server.nextRestartAt) return `It is started again ${formatRelative(server.nextRestartAt, now)}.`;
  if (server.restartPolicy.mode === 'never')
    return 'Its restart policy is “never”, so it stays down until you start it.';
  const times = server.crashCount === 1 ? 'once' : `${server.crashCount} times`;
  return `It crashed ${times} and is not started again by itself.`;
}

function explainError(server: Explained, now: Date): Reason {
  const isInstall = server.reason === 'install_failed';
  const what = isInstall ? 'Installation failed' : 'Failed';
  return {
    tone: 'error',
    title: `${what} ${formatRelative(server.stateChangedAt, now)}`,
    text: server.reasonText ? endSentence(server.reasonText) : null,
    actions: allowed(server, isInstall ? ['see-lines', 'reinstall'] : ['see-lines']),
  };
}

const needed: Record<ReasonAction, string> = {
  'see-lines': 'console.read',
  'raise-limit': 'server.update',
  reinstall: 'server.install',
  'reset-crashes': 'server.update',
};

function allowed(server: Explained, actions: ReasonAction[]): ReasonAction[] {
  return actions.filter((action) => mayOnServer(server, needed[action]));
}

const endSentence = (text: string): string => (/[.!?…]$/.test(text) ? text : `${text}.`);
