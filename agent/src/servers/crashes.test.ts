import { describe, expect, it, vi } from 'vitest';
import { fakeSpec } from '../testing/server-specs.ts';
import { TestSupervisor } from '../testing/test-supervisor.ts';

describe('a crash', () => {
  it('is told with its reason', async () => {
    const test = await TestSupervisor.open();
    const id = await test.run(fakeSpec(['say ready', 'wait 20', 'run-out-of-memory']));
    expect(await test.reaches(id, 'crashed')).toMatchObject({
      reason: 'out_of_memory',
      reasonText: expect.stringContaining('256 MB'),
      outOfMemory: true,
    });
  });

  it('is told with what was printed last in this run, and with that alone', async () => {
    const test = await TestSupervisor.open();
    const never = { mode: 'never' } as const;
    const many = Array.from({ length: 12 }, (_, at) => `say chunk ${at}`);
    const game = ['say ready', ...many, 'say \u001b[31mworld is broken\u001b[0m', 'wait 20', 'exit 3'];
    const spec = fakeSpec(game, { restartPolicy: never });
    const id = await test.run(spec);
    const lines = [...Array.from({ length: 9 }, (_, at) => `chunk ${at + 3}`), 'world is broken'];
    expect(await test.reaches(id, 'crashed')).toMatchObject({ exitCode: 3, signal: null, lastLines: lines });
    // Also by the next agent process, to a panel that has missed it.
    const later = await test.restarted();
    expect(later.supervisor.snapshot()).toMatchObject([{ state: 'crashed', lastLines: lines }]);
    await later.supervisor.apply({ ...spec, revision: 2, argv: ['fake', 'say ready', 'wait 20', 'crash'] });
    await later.done(later.order(id, 'start'));
    expect(later.reports.find(({ state }) => state === 'running')).toMatchObject({ lastLines: [] });
    expect(await later.reaches(id, 'crashed')).toMatchObject({ lastLines: ['ready'] });
  });

  it('leaves room for all in the snapshot of a node on which many have crashed', async () => {
    const test = await TestSupervisor.open();
    const line = '界'.repeat(300);
    const game = ['say ready', ...Array.from({ length: 10 }, () => `say ${line}`), 'wait 20', 'crash'];
    const restartPolicy = { mode: 'never' } as const;
    const ids = await Promise.all(
      Array.from({ length: 20 }, () => test.run(fakeSpec(game, { restartPolicy }))),
    );
    await Promise.all(ids.map((id) => test.reaches(id, 'crashed')));
    const snapshot = test.supervisor.snapshot();
    expect(snapshot).toHaveLength(ids.length);
    expect(snapshot.every(({ state }) => state === 'crashed')).toBe(true);
    const told = snapshot.filter(({ lastLines }) => lastLines.length > 0);
    expect(told).toHaveLength(14);
    expect(Buffer.byteLength(JSON.stringify(told.map(({ lastLines }) => lastLines)))).toBeLessThan(
      128 * 1024,
    );
    // The newest, which a panel that was away has not heard of.
    const oldest = Math.min(...told.map(({ at }) => at));
    const untold = snapshot.filter(({ lastLines }) => lastLines.length === 0);
    expect(Math.max(...untold.map(({ at }) => at))).toBeLessThanOrEqual(oldest);
    // One by one they are told as they are.
    expect(test.reports.filter(({ lastLines }) => lastLines.length === 10)).toHaveLength(ids.length);
  });

  it('is followed by a restart after the delay, and by giving up when there are too many', async () => {
    const test = await TestSupervisor.open();
    const restartPolicy = {
      mode: 'on-failure',
      maxRestarts: 2,
      backoffSeconds: 0.05,
      windowSeconds: 60,
    } as const;
    const id = await test.install(fakeSpec(['say ready', 'exit 1'], { restartPolicy }));
    await test.order(id, 'start');
    await vi.waitFor(() => expect(test.supervisor.get(id).snapshot().crashCount).toBe(3));
    const report = await test.reaches(id, 'crashed');
    expect(report.nextRestartAt).toBeNull();
    const crashes = test.reports.filter(({ state }) => state === 'crashed');
    const delays = crashes.map(({ at, nextRestartAt }) => nextRestartAt && Math.round(nextRestartAt - at));
    expect(delays).toEqual([50, 100, null]);
    await vi.waitFor(async () => {
      expect((await test.lines(id)).join()).toContain('It crashed too often and is not restarted.');
    });
    // A person starts it again: the count of the policy begins anew.
    await test.order(id, 'start');
    await vi.waitFor(() => expect(test.supervisor.get(id).snapshot().crashCount).toBe(6));
    test.supervisor.get(id).resetCrashCount();
    expect(test.reports.at(-1)?.crashCount).toBe(0);
  });

  it('is none when the game ends by itself with code 0', async () => {
    const test = await TestSupervisor.open();
    const restartPolicy = { mode: 'on-failure', backoffSeconds: 0 } as const;
    const id = await test.run(fakeSpec(['say ready', 'wait 20', 'exit 0'], { restartPolicy }));
    expect(await test.reaches(id, 'stopped')).toMatchObject({ reason: 'exited', exitCode: 0, crashCount: 0 });
  });

  it('waits for its restart until somebody stops the server', async () => {
    const test = await TestSupervisor.open();
    const restartPolicy = { mode: 'on-failure', backoffSeconds: 0.2 } as const;
    const id = await test.run(fakeSpec(['say ready', 'wait 20', 'crash'], { restartPolicy }));
    const { nextRestartAt } = await test.reaches(id, 'crashed');
    await test.done(test.order(id, 'stop'));
    await vi.waitFor(() => expect(Date.now()).toBeGreaterThan((nextRestartAt as number) + 100));
    expect(test.state(id)).toBe('stopped');
    expect(test.history(id).filter((state) => state === 'starting')).toHaveLength(1);
  });

  it('goes on waiting for its restart after the agent was restarted', async () => {
    const test = await TestSupervisor.open();
    const restartPolicy = { mode: 'on-failure', backoffSeconds: 1, maxRestarts: 1 } as const;
    const id = await test.run(fakeSpec(['say ready', 'wait 20', 'crash'], { restartPolicy }));
    const { nextRestartAt } = await test.reaches(id, 'crashed');
    const later = await test.restarted();
    await vi.waitFor(() => expect(later.history(id)).toContain('starting'), 5000);
    expect(later.reports[0]?.at).toBeGreaterThanOrEqual((nextRestartAt as number) - 20);
    await vi.waitFor(() => expect(later.supervisor.get(id).snapshot().crashCount).toBe(2));
  });
});
