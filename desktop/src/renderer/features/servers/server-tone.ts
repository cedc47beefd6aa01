import type { ServerState } from '@catalyst/shared/features/server-states';
import type { Server } from '@catalyst/shared/features/servers';
import { strings } from './strings.ts';

/** The colour of a state. Never the only sign of it: a word and a shape go with it. */
export type Tone = 'green' | 'amber' | 'red' | 'grey' | 'violet';

const tones: Record<ServerState, Tone> = {
  stopped: 'grey',
  installing: 'amber',
  starting: 'amber',
  running: 'green',
  stopping: 'amber',
  crashed: 'red',
  suspended: 'violet',
  transferring: 'amber',
  restoring: 'amber',
  error: 'red',
};

/** Tone and words for what is known about a server; of an offline node nothing current is. */
export function describeState(server: Pick<Server, 'state' | 'node'>): {
  tone: Tone;
  word: string;
  hint?: string;
} {
  const word = strings.states[server.state];
  if (!server.node.online) {
    return { tone: 'grey', word: strings.nodeOffline, hint: strings.nodeOfflineHint(server.node.name, word) };
  }
  return { tone: tones[server.state], word };
}

/** States as people ask for them: what runs, what is in trouble, what nobody knows. */
export const stateGroups = ['trouble', 'changing', 'running', 'stopped', 'suspended', 'unknown'] as const;
export type StateGroup = (typeof stateGroups)[number];

const groupOfTone: Record<Tone, StateGroup> = {
  red: 'trouble',
  amber: 'changing',
  green: 'running',
  grey: 'stopped',
  violet: 'suspended',
};

export function groupOf(server: Pick<Server, 'state' | 'node'>): StateGroup {
  return server.node.online ? groupOfTone[tones[server.state]] : 'unknown';
}
