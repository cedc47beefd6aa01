import { AppError } from '@catalyst/shared/contract/errors';
import { describe, expect, test } from 'vitest';
import { FakeRuntime } from './fake-runtime.ts';
import { RuntimeBench, runtimeSuite, type SuiteSubject } from './runtime-suite.ts';

// The games live in the object: the agent that comes after the first is given the same one.
const runtimes = new Map<string, FakeRuntime>();
const subject: SuiteSubject = {
  open(runRoot) {
    const runtime = runtimes.get(runRoot) ?? new FakeRuntime({ runRoot });
    runtimes.set(runRoot, runtime);
    return runtime;
  },
  game: (...commands) => ['fake', ...commands],
  firstUid: null,
};

runtimeSuite('fake runtime', subject);

describe('fake runtime, beyond the suite', () => {
  test('fails as told', async () => {
    await using bench = new RuntimeBench(subject);
    const runtime = bench.runtime as FakeRuntime;
    const launch = bench.launch(subject.game());
    runtime.refuseStarts(new AppError('disk_full', 'No room'));
    await expect(runtime.start(launch, AbortSignal.timeout(5000))).rejects.toMatchObject({
      code: 'disk_full',
    });
    expect(await runtime.recover(launch.serverId, launch.startId)).toBeNull();
    runtime.refuseStarts(null);
    bench.willClean(launch);
    await runtime.start(launch, AbortSignal.timeout(5000));
  });

  test('runs out of memory', async () => {
    await using bench = new RuntimeBench(subject);
    const server = await bench.game('run-out-of-memory');
    expect(await server.exited).toMatchObject({ signal: 'SIGKILL', outOfMemory: true });
  });

  test('waits between two commands', async () => {
    await using bench = new RuntimeBench(subject);
    const server = await bench.game('say one', 'wait 50', 'exit 0');
    const { at } = await server.exited;
    expect(at.getTime() - server.startedAt.getTime()).toBeGreaterThanOrEqual(45);
  });

  test('has lost its games when another process asks for them', async () => {
    await using bench = new RuntimeBench(subject);
    const server = await bench.game();
    const found = await new FakeRuntime(bench).recover(server.serverId, server.startId);
    expect(found).toMatchObject({ code: null, signal: null });
  });
});
