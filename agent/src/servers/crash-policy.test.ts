import { RestartPolicy } from '@catalyst/shared/features/server-spec';
import { describe, expect, it } from 'vitest';
import { judgeEnd, restartsInWindow } from './crash-policy.ts';

const now = 1_000_000;
const policy = (changes: object = {}) =>
  RestartPolicy.parse({ maxRestarts: 3, windowSeconds: 60, ...changes });
const ago = (...seconds: number[]) => seconds.map((value) => now - value * 1000);

describe('judgeEnd', () => {
  it.each([
    ['never', true, { kind: 'stopped' }],
    ['never', false, { kind: 'crashed', restartInMs: null, hasGivenUp: false }],
    ['on-failure', true, { kind: 'stopped' }],
    ['on-failure', false, { kind: 'crashed', restartInMs: 1000 }],
    ['always', true, { kind: 'crashed', restartInMs: 1000 }],
    ['always', false, { kind: 'crashed', restartInMs: 1000 }],
  ] as const)('policy %s, ended by itself with code 0: %s', (mode, isClean, verdict) => {
    expect(judgeEnd({ isClean }, policy({ mode }), { restartsAt: [], now })).toEqual(verdict);
  });

  it('doubles the delay with each restart in the window, up to a minute', () => {
    const many = policy({ maxRestarts: 100, backoffSeconds: 1 });
    const delays = [0, 1, 2, 3, 4, 5, 6, 7, 50].map((count) =>
      judgeEnd({ isClean: false }, many, { restartsAt: ago(...Array(count).fill(5)), now }),
    );
    expect(delays.map((verdict) => verdict.kind === 'crashed' && verdict.restartInMs)).toEqual([
      1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000,
    ]);
  });

  it('restarts at once as long as the delay is none', () => {
    const verdict = judgeEnd({ isClean: false }, policy({ backoffSeconds: 0 }), {
      restartsAt: ago(1, 2),
      now,
    });
    expect(verdict).toEqual({ kind: 'crashed', restartInMs: 0 });
  });

  it('gives up after as many restarts as are allowed in the window', () => {
    const judge = (restartsAt: number[]) => judgeEnd({ isClean: false }, policy(), { restartsAt, now });
    expect(judge(ago(30, 20))).toEqual({ kind: 'crashed', restartInMs: 4000 });
    expect(judge(ago(30, 20, 10))).toEqual({ kind: 'crashed', restartInMs: null, hasGivenUp: true });
  });

  it('forgets restarts older than the window', () => {
    const verdict = judgeEnd({ isClean: false }, policy(), { restartsAt: ago(61, 60, 10), now });
    expect(verdict).toEqual({ kind: 'crashed', restartInMs: 2000 });
  });

  it('never restarts when none is allowed, and does not call that giving up', () => {
    const verdict = judgeEnd({ isClean: false }, policy({ maxRestarts: 0 }), { restartsAt: [], now });
    expect(verdict).toEqual({ kind: 'crashed', restartInMs: null, hasGivenUp: false });
  });

  it('does not count restarts of a future that a changed clock has left behind', () => {
    expect(restartsInWindow([now + 1, now, now - 59_999, now - 60_000], policy(), now)).toEqual([
      now,
      now - 59_999,
    ]);
  });
});
