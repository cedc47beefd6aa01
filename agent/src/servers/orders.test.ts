import { AppError } from '@catalyst/shared/contract/errors';
import { isTransitionAllowed, type ServerState } from '@catalyst/shared/features/server-states';
import { describe, expect, it, vi } from 'vitest';
import type { FakeRuntime } from '../runtimes/fake-runtime.ts';
import { newId } from '../testing/ids.ts';
import { fakeSpec } from '../testing/server-specs.ts';
import { TestSupervisor } from '../testing/test-supervisor.ts';

describe('orders', () => {
  it('are refused for a server that is not here', async () => {
    const test = await TestSupervisor.open();
    await expect(test.order(newId(), 'start')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('are refused in a state that does not allow them', async () => {
    const test = await TestSupervisor.open();
    const spec = fakeSpec(['say ready']);
    await test.supervisor.apply(spec);
    const id = spec.serverId;
    const refusal = { code: 'invalid_state' };
    await expect(test.order(id, 'start')).rejects.toMatchObject(refusal);
    await test.done(test.order(id, 'install'));
    for (const action of ['stop', 'restart', 'kill'] as const)
      await expect(test.order(id, action)).rejects.toMatchObject(refusal);
    await test.done(test.order(id, 'start'));
    for (const action of ['start', 'install'] as const)
      await expect(test.order(id, action)).rejects.toMatchObject(refusal);
  });

  it('given twice at once act once', async () => {
    const test = await TestSupervisor.open();
    const id = await test.install(fakeSpec(['say ready']));
    const first = test.order(id, 'start');
    await expect(test.order(id, 'start')).rejects.toMatchObject({ code: 'invalid_state' });
    await test.done(first);
    expect(test.history(id).filter((state) => state === 'starting')).toHaveLength(1);
  });

  it('with the same id act once, and their end is told again', async () => {
    const test = await TestSupervisor.open();
    const id = await test.install(fakeSpec(['say ready']));
    const operationId = await test.order(id, 'start');
    await test.done(operationId);
    await test.done(test.order(id, 'stop'));
    await test.order(id, 'start', { operationId });
    expect(test.finished.filter((one) => one.id === operationId)).toHaveLength(2);
    expect(test.state(id)).toBe('stopped');
  });

  it('with the same id act once even when the agent was restarted in between', async () => {
    const test = await TestSupervisor.open();
    const id = await test.install(fakeSpec(['say ready']));
    const operationId = await test.order(id, 'start');
    await test.done(operationId);
    await test.done(test.order(id, 'stop'));
    const later = await test.restarted();
    await later.order(id, 'start', { operationId });
    await later.done(operationId);
    expect(later.state(id)).toBe('stopped');
  });

  it('to stop end a start under way', async () => {
    const test = await TestSupervisor.open();
    const id = await test.install(fakeSpec(['say not yet']));
    const start = test.order(id, 'start');
    await vi.waitFor(async () => expect(await test.lines(id)).toContain('stdout: not yet'));
    const stop = test.order(id, 'stop');
    await test.done(start, 'conflict');
    await test.done(stop);
    expect(test.state(id)).toBe('stopped');
    expect(test.supervisor.get(id).running).toBeNull();
  });

  it('to kill end a stop that takes long', async () => {
    const test = await TestSupervisor.open();
    const stopRule = { kind: 'command', command: 'nonsense', timeoutSeconds: 600 } as const;
    const id = await test.run(fakeSpec(['say ready'], { stop: stopRule }));
    const stop = test.order(id, 'stop');
    const kills = [test.order(id, 'kill'), test.order(id, 'kill')];
    await test.done(stop, 'conflict');
    for (const kill of kills) await test.done(kill);
    expect(test.supervisor.get(id).snapshot()).toMatchObject({
      state: 'stopped',
      signal: 'SIGKILL',
      reason: null,
    });
  });

  it('to kill at once after a start leave nothing running', async () => {
    const test = await TestSupervisor.open();
    const id = await test.install(fakeSpec(['say ready']));
    for (let round = 0; round < 20; round++) {
      const started = test.order(id, 'start');
      const kill = test.order(id, 'kill');
      await test.done(kill);
      const start = await started;
      await vi.waitFor(() => expect(test.finished.some((one) => one.id === start)).toBe(true));
      expect(test.state(id)).toBe('stopped');
      expect(test.supervisor.get(id).running).toBeNull();
    }
  });

  it('fail with a reason when the server ends before it is ready', async () => {
    const test = await TestSupervisor.open();
    const id = await test.install(fakeSpec(['say no licence', 'exit 3']));
    const { error } = await test.done(test.order(id, 'start'), 'unavailable');
    expect(error?.message).toContain('exit code 3');
    expect(test.supervisor.get(id).snapshot()).toMatchObject({
      state: 'crashed',
      reason: 'exit_code',
      exitCode: 3,
      crashCount: 1,
    });
  });

  it('fail with the runtime’s reason when it cannot start', async () => {
    const test = await TestSupervisor.open();
    const id = await test.install(fakeSpec(['say ready']));
    (test.runtime as FakeRuntime).refuseStarts(new AppError('disk_full', 'There is no room on the disk'));
    await test.done(test.order(id, 'start'), 'disk_full');
    expect(test.supervisor.get(id).snapshot()).toMatchObject({
      state: 'crashed',
      reason: 'start_failed',
      reasonText: 'There is no room on the disk',
      nextRestartAt: null,
    });
    (test.runtime as FakeRuntime).refuseStarts(null);
    await test.done(test.order(id, 'start'));
  });

  it('only ever lead along the table, whatever is ordered when', async () => {
    const test = await TestSupervisor.open();
    const id = await test.install(
      fakeSpec(['say ready', 'wait 5', 'crash'], {
        restartPolicy: { mode: 'always', backoffSeconds: 0, maxRestarts: 100 },
      }),
    );
    const actions = ['start', 'stop', 'restart', 'kill', 'install', 'start'] as const;
    for (let round = 0; round < 150; round++) {
      try {
        await test.order(id, actions[Math.floor(Math.random() * actions.length)] as 'start');
      } catch (error) {
        expect(error).toBeInstanceOf(AppError);
      }
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 10));
    }
    await vi.waitFor(async () => {
      if (test.state(id) !== 'stopped') await test.order(id, 'stop');
      expect(test.state(id)).toBe('stopped');
    }, 10_000);
    const history: ServerState[] = ['stopped', ...test.history(id)];
    for (const [index, state] of history.slice(1).entries()) {
      const before = history[index] as ServerState;
      expect(
        isTransitionAllowed(before, state, 'panel') || isTransitionAllowed(before, state, 'agent'),
        `${before} → ${state}`,
      ).toBe(true);
    }
    expect(test.logged.filter(({ level }) => level === 'error')).toEqual([]);
    expect(test.eventIds).toEqual([...test.eventIds].sort((one, other) => one - other));
  });
});
