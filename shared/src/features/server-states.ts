import { z } from 'zod';

/** The ten states of a server. The list is closed; details are a `reason`. */
export const ServerState = z.enum([
  'stopped',
  'installing',
  'starting',
  'running',
  'stopping',
  'crashed',
  'suspended',
  'transferring',
  'restoring',
  'error',
]);
export type ServerState = z.output<typeof ServerState>;

/** Why a server is in its state. The list is closed; a sentence for people goes with it. */
export const ServerReason = z.enum([
  // How a run ended, or why there was none.
  'exited',
  'exit_code',
  'signal',
  'out_of_memory',
  'holder_lost',
  'start_timeout',
  'start_failed',
  'start_interrupted',
  'port_taken',
  'disk_limit',
  'host_package_missing',
  'node_restarted',
  'runtime_unavailable',
  'image_pull_failed',
  // Installation and files.
  'data_missing',
  'install_failed',
  'install_cancelled',
  'install_interrupted',
  // What only the panel can tell.
  'timed_out',
  'node_offline',
  'impossible_report',
]);
export type ServerReason = z.output<typeof ServerReason>;

export const DesiredState = z.enum(['running', 'stopped']);
export type DesiredState = z.output<typeof DesiredState>;

export const PowerAction = z.enum(['start', 'stop', 'restart', 'kill']);
export type PowerAction = z.output<typeof PowerAction>;

/** Who may cause a transition: `panel` by an order, `agent` by a report of what happened. */
export type Cause = 'panel' | 'agent';

const order: readonly Cause[] = ['panel'];
const report: readonly Cause[] = ['agent'];
const either: readonly Cause[] = ['panel', 'agent'];

/** Every legal transition, and who may cause it. What is absent is refused, from whomever it comes. */
export const transitions: Readonly<Record<ServerState, Partial<Record<ServerState, readonly Cause[]>>>> = {
  stopped: {
    installing: order,
    starting: either,
    suspended: order,
    transferring: order,
    restoring: order,
    error: either,
  },
  installing: { stopped: report, error: either, suspended: order },
  starting: {
    running: report,
    stopping: either,
    stopped: report,
    crashed: report,
    error: either,
    suspended: order,
  },
  running: { stopping: either, stopped: report, crashed: report, error: either, suspended: order },
  stopping: { stopped: report, crashed: report, starting: either, error: either, suspended: order },
  crashed: {
    starting: either,
    stopped: either,
    installing: order,
    suspended: order,
    transferring: order,
    restoring: order,
    error: either,
  },
  suspended: { stopped: order, error: order },
  transferring: { stopped: either, error: either },
  restoring: { stopped: either, error: either },
  error: { stopped: either, installing: order, starting: order, suspended: order, restoring: order },
};

export function isTransitionAllowed(from: ServerState, to: ServerState, cause: Cause): boolean {
  return transitions[from][to]?.includes(cause) ?? false;
}

/**
 * The shortest legal way from one state to another by reports alone: the states to enter, in order, `to` last; `[]` when
 * they are equal, null when there is none. Used after a gap, when several transitions were missed.
 */
export function reportedPath(from: ServerState, to: ServerState): ServerState[] | null {
  if (from === to) return [];
  const cameFrom = new Map<ServerState, ServerState>();
  const queue: ServerState[] = [from];
  for (let state = queue.shift(); state; state = queue.shift()) {
    for (const [next, causes] of Object.entries(transitions[state]) as [ServerState, readonly Cause[]][]) {
      if (!causes.includes('agent') || cameFrom.has(next) || next === from) continue;
      cameFrom.set(next, state);
      if (next === to) return unwind(cameFrom, from, to);
      queue.push(next);
    }
  }
  return null;
}

function unwind(cameFrom: Map<ServerState, ServerState>, from: ServerState, to: ServerState): ServerState[] {
  const path: ServerState[] = [];
  for (let state = to; state !== from; state = cameFrom.get(state) as ServerState) path.unshift(state);
  return path;
}

const actionsByState: Readonly<Record<ServerState, readonly PowerAction[]>> = {
  stopped: ['start'],
  installing: ['kill'],
  starting: ['stop', 'restart', 'kill'],
  running: ['stop', 'restart', 'kill'],
  stopping: ['kill'],
  crashed: ['start', 'stop'],
  suspended: [],
  transferring: [],
  restoring: [],
  error: ['start'],
};

/** The power actions that make sense in a state: the panel refuses the others, the buttons of the others are dead. */
export function allowedActions(state: ServerState): readonly PowerAction[] {
  return actionsByState[state];
}

/** A process of the game may be there: it takes input, uses resources, and changes reach it only with its next start. */
export function isUp(state: ServerState): boolean {
  return ['starting', 'running', 'stopping'].includes(state);
}

/** Nothing is there or under way that would stand against deleting the server. */
export function isRemovable(state: ServerState): boolean {
  return ['stopped', 'crashed', 'error', 'suspended'].includes(state);
}

/** Whether the game is not there as a whole, so that a start would be refused until it was installed again. */
export function needsInstallation(reason: ServerReason | null): boolean {
  return reason !== null && ['install_failed', 'install_cancelled', 'install_interrupted'].includes(reason);
}

/** States in which something is under way and will end by itself. */
export function isInTransition(state: ServerState): boolean {
  return ['installing', 'starting', 'stopping', 'transferring', 'restoring'].includes(state);
}
