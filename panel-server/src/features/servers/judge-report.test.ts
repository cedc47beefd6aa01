import { isTransitionAllowed, reportedPath, ServerState } from '@catalyst/shared/features/server-states';
import { describe, expect, it } from 'vitest';
import { believe, clampTime, judgeReport, judgeSnapshot } from './judge-report.ts';
import type { ServerRow } from './server.entity.ts';

const states = ServerState.options;
const pairs = states.flatMap((from) => states.map((to) => [from, to] as const));
const isDown = (state: ServerState) => ['stopping', 'stopped', 'crashed'].includes(state);

describe('a report of one step', () => {
  it.each(pairs)('from %s to %s is believed only when the table allows it to an agent', (from, to) => {
    const verdict = judgeReport({ state: from, reportedState: from }, to, null);
    if (from === to) expect(verdict).toBe('same');
    else if (from === 'suspended') expect(verdict).toBe(isDown(to) ? 'crossed' : 'impossible');
    else expect(verdict).toBe(isTransitionAllowed(from, to, 'agent') ? 'accepted' : 'impossible');
  });

  it('is late, not impossible, when the order that is under way crossed it', () => {
    const stop = { kind: 'stop', status: 'running' } as const;
    expect(judgeReport({ state: 'stopping', reportedState: 'starting' }, 'running', stop)).toBe('crossed');
    expect(judgeReport({ state: 'stopping', reportedState: 'starting' }, 'running', null)).toBe('impossible');
    expect(judgeReport({ state: 'stopping', reportedState: 'stopped' }, 'running', stop)).toBe('impossible');
  });
});

describe('a snapshot', () => {
  it.each(pairs)('from %s to %s is believed when reports alone could lead there', (from, to) => {
    const verdict = judgeSnapshot(from, to, null);
    if (from === to) expect(verdict).toBe('same');
    else if (from === 'suspended' || to === 'suspended') expect(verdict).toBe('crossed');
    else expect(verdict).toBe(reportedPath(from, to) ? 'accepted' : 'impossible');
  });

  it('does not undo an order that has not reached the agent', () => {
    const unsent = { kind: 'start', status: 'pending' } as const;
    expect(judgeSnapshot('starting', 'stopped', unsent)).toBe('crossed');
    expect(judgeSnapshot('starting', 'running', unsent)).toBe('accepted');
    expect(judgeSnapshot('starting', 'stopped', { kind: 'start', status: 'running' })).toBe('accepted');
  });
});

describe('what is believed of a report', () => {
  const now = new Date('2030-01-02T03:04:05Z');
  const row = { state: 'running', exitCode: null } as ServerRow;
  const report = {
    serverId: '',
    state: 'crashed',
    reason: 'out_of_memory',
    reasonText: 'It ran\nout\u001b[31m of memory',
    exitCode: 137,
    signal: 'SIGKILL',
    outOfMemory: true,
    crashCount: 2,
    startedAt: null,
    nextRestartAt: now.getTime() + 4000,
    lastLines: [] as string[],
    at: now.getTime() - 50,
  } as const;

  it('is the exit of what ran, and when it is tried again', () => {
    expect(believe(row, report, now)).toEqual({
      state: 'crashed',
      stateChangedAt: new Date(now.getTime() - 50),
      lastCrashAt: new Date(now.getTime() - 50),
      reason: 'out_of_memory',
      reasonText: 'It ran out [31m of memory',
      startedAt: null,
      exitCode: 137,
      crashCount: 2,
      nextRestartAt: new Date(now.getTime() + 4000),
    });
  });

  it('is never an exit code of a server that was not running', () => {
    const installing = { state: 'installing', exitCode: null } as ServerRow;
    expect(believe(installing, { ...report, state: 'stopped', exitCode: 5 }, now).exitCode).toBeNull();
  });

  it.each([0, -1, 1e308, -1e308, 8.64e15, now.getTime() + 3_600_000, Number.NaN])(
    'is never a time like %s',
    (ms) => {
      expect(clampTime(ms, now)).toEqual(now);
      expect(
        believe(row, { ...report, nextRestartAt: ms === now.getTime() + 3_600_000 ? 1e300 : ms }, now)
          .nextRestartAt,
      ).toBeNull();
    },
  );
});
