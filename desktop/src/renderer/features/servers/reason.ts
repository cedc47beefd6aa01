import type { ServerReason } from '@catalyst/shared/features/server-states';
import type { Server } from '@catalyst/shared/features/servers';
import { formatBytes, formatMegabytes, formatRelative } from '../../components/units.ts';
import { mayOnServer } from './power.ts';
import { reasonStrings as strings } from './reason-strings.ts';

export type ReasonAction = 'see-lines' | 'raise-limit' | 'reinstall' | 'reset-crashes' | 'lift-suspension';

interface Reason {
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
  | 'suspendedByName'
  | 'suspensionReason'
  | 'allocatedMemoryMb'
  | 'allocatedDiskMb'
  | 'stats'
  | 'permissions'
  | 'node'
  | 'restartPolicy'
>;

/** What is wrong with a server, in a sentence, and what can be done about it; null when all is well. */
export function explain(server: Explained, now: Date): Reason | null {
  if (server.state === 'suspended') {
    const since = formatRelative(server.suspendedAt ?? server.stateChangedAt, now);
    return {
      tone: 'warning',
      title: strings.suspended(since, server.suspendedByName),
      text: server.suspensionReason
        ? `${endSentence(server.suspensionReason)} ${strings.suspendedText}`
        : strings.suspendedText,
      actions: allowed(server, ['lift-suspension']),
    };
  }
  if (!server.node.online) {
    return {
      tone: 'offline',
      title: strings.nodeOffline(server.node.name),
      text: strings.nodeOfflineText,
      actions: [],
    };
  }
  if (server.state === 'crashed') return explainCrash(server, now);
  if (server.state === 'error') return explainError(server, now);
  if (server.state === 'stopped' && remedyOf(server) === 'reinstall') return explainError(server, now);
  const diskBytes = server.stats?.diskBytes ?? 0;
  if (server.state === 'running' && diskBytes > server.allocatedDiskMb * 1024 ** 2) {
    return {
      tone: 'warning',
      title: strings.overDisk(formatBytes(diskBytes), formatMegabytes(server.allocatedDiskMb)),
      text: strings.overDiskText,
      actions: allowed(server, ['raise-limit']),
    };
  }
  // It runs again, but somebody should know that it keeps falling over.
  if (server.state === 'running' && server.crashCount >= 3 && server.lastCrashAt) {
    return {
      tone: 'warning',
      title: strings.crashedOften(server.crashCount, formatRelative(server.lastCrashAt, now)),
      text: strings.crashedOftenText,
      actions: allowed(server, ['see-lines', 'reset-crashes']),
    };
  }
  return null;
}

function explainCrash(server: Explained, now: Date): Reason {
  const isOutOfMemory = server.reason === 'out_of_memory';
  const remedy = remedyOf(server);
  const parts = [strings.crashed(formatRelative(server.stateChangedAt, now))];
  if (server.exitCode !== null && server.exitCode >= 0) parts.push(strings.exit(server.exitCode));
  if (isOutOfMemory) parts.push(strings.outOfMemory(formatMegabytes(server.allocatedMemoryMb)));
  const sentences = [];
  if (server.reasonText && !isOutOfMemory) sentences.push(endSentence(server.reasonText));
  sentences.push(retryPlan(server, now));
  return {
    tone: 'error',
    title: parts.join(', '),
    text: sentences.join(' '),
    actions: allowed(server, remedy ? ['see-lines', remedy] : ['see-lines']),
  };
}

function retryPlan(server: Explained, now: Date): string {
  if (server.nextRestartAt) return strings.startsAgain(formatRelative(server.nextRestartAt, now));
  if (server.restartPolicy.mode === 'never') return strings.staysDown;
  return strings.notAgain(server.crashCount);
}

function explainError(server: Explained, now: Date): Reason {
  const remedy = remedyOf(server);
  const since = formatRelative(server.stateChangedAt, now);
  return {
    tone: 'error',
    title: server.reason === 'install_failed' ? strings.installFailed(since) : strings.failed(since),
    text: server.reasonText ? endSentence(server.reasonText) : null,
    actions: allowed(server, remedy ? ['see-lines', remedy] : ['see-lines']),
  };
}

/** What helps beside reading what was printed. */
const remedies: Record<ServerReason, ReasonAction | null> = {
  exited: null,
  exit_code: null,
  signal: null,
  out_of_memory: 'raise-limit',
  holder_lost: null,
  start_timeout: null,
  start_failed: null,
  start_interrupted: null,
  port_taken: null,
  disk_limit: 'raise-limit',
  host_package_missing: null,
  node_restarted: null,
  runtime_unavailable: null,
  image_pull_failed: null,
  data_missing: 'reinstall',
  install_failed: 'reinstall',
  install_cancelled: 'reinstall',
  install_interrupted: 'reinstall',
  timed_out: null,
  node_offline: null,
  impossible_report: null,
};

const remedyOf = ({ reason }: Pick<Server, 'reason'>) => reason && remedies[reason];

const needed: Record<ReasonAction, string> = {
  'see-lines': 'console.read',
  'raise-limit': 'server.limits',
  reinstall: 'server.install',
  'reset-crashes': 'server.update',
  'lift-suspension': 'server.suspend',
};

function allowed(server: Explained, actions: ReasonAction[]): ReasonAction[] {
  return actions.filter((action) => mayOnServer(server, needed[action]));
}

const endSentence = (text: string): string => (/[.!?…]$/.test(text) ? text : `${text}.`);
