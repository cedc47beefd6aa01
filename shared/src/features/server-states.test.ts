import { describe, expect, it } from 'vitest';
import {
  allowedActions,
  isInTransition,
  isRemovable,
  isTransitionAllowed,
  isUp,
  needsInstallation,
  reportedPath,
  ServerReason,
  ServerState,
  transitions,
} from './server-states.ts';

const states = ServerState.options;

describe('the state table', () => {
  it('knows ten states, each with a way out', () => {
    expect(states).toHaveLength(10);
    for (const state of states) expect(Object.keys(transitions[state]).length, state).toBeGreaterThan(0);
  });

  it('never lets a report suspend a server or end its suspension', () => {
    for (const state of states) {
      expect(isTransitionAllowed(state, 'suspended', 'agent'), state).toBe(false);
      expect(isTransitionAllowed('suspended', state, 'agent'), state).toBe(false);
    }
  });

  it('calls a server running only when its agent says so', () => {
    for (const state of states) expect(isTransitionAllowed(state, 'running', 'panel'), state).toBe(false);
  });

  it('lets no report begin an installation', () => {
    for (const state of states) expect(isTransitionAllowed(state, 'installing', 'agent'), state).toBe(false);
  });

  it('has no transition from a state to itself', () => {
    for (const state of states) expect(transitions[state][state], state).toBeUndefined();
  });
});

describe('reportedPath', () => {
  it('is empty where nothing changed', () => {
    for (const state of states) expect(reportedPath(state, state)).toEqual([]);
  });

  it('walks what was missed: a crash and a restart', () => {
    expect(reportedPath('running', 'starting')).toEqual(['stopping', 'starting']);
    expect(reportedPath('stopped', 'running')).toEqual(['starting', 'running']);
    expect(reportedPath('running', 'crashed')).toEqual(['crashed']);
  });

  it('takes only legal steps, each by report, and ends where it should', () => {
    for (const from of states) {
      for (const to of states) {
        const path = reportedPath(from, to);
        if (path === null) continue;
        expect([from, ...path].at(-1)).toBe(to);
        path.reduce((previous, next) => {
          expect(isTransitionAllowed(previous, next, 'agent'), `${previous} → ${next}`).toBe(true);
          return next;
        }, from);
      }
    }
  });

  it('finds no way out of suspension', () => {
    for (const to of states) if (to !== 'suspended') expect(reportedPath('suspended', to)).toBeNull();
  });
});

describe('allowedActions', () => {
  it('offers kill wherever something runs, and nothing to a suspended server', () => {
    for (const state of ['starting', 'running', 'stopping', 'installing'] as const) {
      expect(allowedActions(state)).toContain('kill');
    }
    expect(allowedActions('suspended')).toEqual([]);
  });

  it('never offers to start what is up', () => {
    for (const state of ['starting', 'running', 'stopping'] as const) {
      expect(allowedActions(state)).not.toContain('start');
    }
  });
});

it('knows after which reasons a start would be refused', () => {
  expect(ServerReason.options.filter(needsInstallation)).toEqual([
    'install_failed',
    'install_cancelled',
    'install_interrupted',
  ]);
  expect(needsInstallation(null)).toBe(false);
});

describe('questions about a state', () => {
  it.each([
    ['stopped', { up: false, removable: true, inTransition: false }],
    ['installing', { up: false, removable: false, inTransition: true }],
    ['starting', { up: true, removable: false, inTransition: true }],
    ['running', { up: true, removable: false, inTransition: false }],
    ['stopping', { up: true, removable: false, inTransition: true }],
    ['crashed', { up: false, removable: true, inTransition: false }],
    ['suspended', { up: false, removable: true, inTransition: false }],
    ['transferring', { up: false, removable: false, inTransition: true }],
    ['restoring', { up: false, removable: false, inTransition: true }],
    ['error', { up: false, removable: true, inTransition: false }],
  ] as const)('are answered for %s', (state, expected) => {
    const answers = { up: isUp(state), removable: isRemovable(state), inTransition: isInTransition(state) };
    expect(answers).toEqual(expected);
  });

  it('are the same as what a running game allows', () => {
    for (const state of states.filter(isUp)) expect(allowedActions(state), state).toContain('kill');
    for (const state of states.filter(isRemovable))
      expect(isUp(state) || isInTransition(state), state).toBe(false);
  });
});
