import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { describeUnless } from '../../testing/describe-unless.ts';
import { shellGame } from '../process/testing/shell-game.ts';
import { RunFolder } from '../run-folder.ts';
import type { Launch } from '../runtime.ts';
import { bytes, isRunning, printed, RuntimeBench } from '../runtime-suite.ts';
import { TaskStatus, tasksApi } from './api/tasks.ts';
import { ContainerdBench, needsContainerd, suiteImage } from './testing/containerd-bench.ts';
import { SuiteAgentProcess } from './testing/suite-agent-process.ts';
import { whatIsLeft } from './testing/whats-left.ts';

const containerd = await ContainerdBench.open('survival');
afterAll(() => containerd?.close());
const patient = { timeout: 15_000, interval: 20 };

describeUnless(containerd ? null : needsContainerd, 'containers', () => {
  if (!containerd) return;
  let bench: RuntimeBench;
  beforeEach(() => {
    bench = new RuntimeBench({
      open: (runRoot) => containerd.runtime(runRoot),
      game: shellGame,
      launch: { image: suiteImage },
      firstUid: 13_000_000,
    });
  });
  afterEach(() => bench[Symbol.asyncDispose]());

  const left = () => whatIsLeft(containerd.client(), containerd.containerd.folder, bench.runRoot);
  const idOf = ({ serverId, startId }: { serverId: string; startId: string }) => `${serverId}.${startId}`;
  function agent(launch: Launch, dieAt?: { call: number; when: 'before' | 'after' }): SuiteAgentProcess {
    const { socketPath } = containerd?.containerd ?? { socketPath: '' };
    return new SuiteAgentProcess({
      ...{ socketPath, runRoot: bench.runRoot, prefix: containerd?.prefix ?? '', launch },
      ...(dieAt && { dieAt }),
    });
  }

  const counting = `(i=0; while :; do i=$((i + 1)); echo "line $i"; sleep 0.01; done) &
    while read -r line; do echo "heard $line"; [ "$line" = end ] && exit 6; done`;
  const numbersIn = (text: string) =>
    [...text.matchAll(/^line (\d+)$/gm)].map(([, number]) => Number(number));

  test('leave nothing behind', async () => {
    const before = await left();
    for (const purpose of ['game', 'install'] as const) {
      const server = await bench.start(shellGame('say ready'), { purpose });
      await printed(bench, server, 'ready');
      const during = await left();
      expect(during.containers).toEqual([idOf(server)]);
      expect(during.mounts.length).toBeGreaterThan(before.mounts.length);
      expect(during.shims).toHaveLength(1);
      expect(during.controlGroups).toContain(idOf(server));
      await server.kill();
      await bench.runtime.remove(server.serverId, server.startId);
      const after = await left();
      expect({ ...after, runFolders: [] }).toEqual({ ...before, runFolders: [] });
      const { path } = new RunFolder(bench.runRoot, server.serverId, server.startId);
      expect(readdirSync(path).sort()).toEqual(['err', 'exit', 'out', 'state.json']);
    }
  });

  describe('when the agent is killed', () => {
    test('run on as the same process, lose no line and obey the next agent', async () => {
      const launch = bench.launch(['/bin/sh', '-c', counting]);
      bench.willClean(launch);
      const first = agent(launch);
      const pid = await first.startedOrEnded();
      await first.kill();
      const { stdout } = new RunFolder(bench.runRoot, launch.serverId, launch.startId);
      const linesAtDeath = numbersIn(readFileSync(stdout, 'utf8')).length;
      await vi.waitFor(() => {
        expect(numbersIn(readFileSync(stdout, 'utf8')).length).toBeGreaterThan(linesAtDeath + 20);
      }, patient);
      const server = await bench.runtime.recover(launch.serverId, launch.startId);
      if (!isRunning(server)) throw new Error('The server did not survive');
      expect(server.pid).toBe(pid);
      await server.write(bytes('hello\n'));
      await printed(bench, server, 'heard hello');
      await server.write(bytes('end\n'));
      expect(await server.exited).toMatchObject({ code: 6, signal: null });
      const numbers = numbersIn(bench.out(server));
      expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    });

    test('tell the next one how they ended meanwhile', async () => {
      const launch = bench.launch([
        '/bin/sh',
        '-c',
        'until [ -e go ]; do sleep 0.01; done; echo bye; exit 7',
      ]);
      bench.willClean(launch);
      const first = agent(launch);
      await first.startedOrEnded();
      await first.kill();
      writeFileSync(join(launch.directory, 'go'), '');
      await vi.waitFor(async () => {
        const { process } = await containerd.client().call(tasksApi.get, { containerId: idOf(launch) });
        expect(process?.status).toBe(TaskStatus.stopped);
      }, patient);
      const exit = await bench.runtime.recover(launch.serverId, launch.startId);
      expect(exit).toMatchObject({ code: 7, signal: null, outOfMemory: false });
      expect(readFileSync(new RunFolder(bench.runRoot, launch.serverId, launch.startId).stdout, 'utf8')).toBe(
        'bye\n',
      );
    });

    test('tell also that they ran out of memory', async () => {
      const launch = bench.launch([
        '/bin/sh',
        '-c',
        'until [ -e go ]; do sleep 0.01; done; exec tail /dev/zero',
      ]);
      launch.limits.memoryMb = 32;
      bench.willClean(launch);
      const first = agent(launch);
      const pid = await first.startedOrEnded();
      await first.kill();
      writeFileSync(join(launch.directory, 'go'), '');
      await vi.waitFor(() => expect(existsSync(`/proc/${pid}`)).toBe(false), patient);
      const exit = await bench.runtime.recover(launch.serverId, launch.startId);
      expect(exit).toMatchObject({ signal: 'SIGKILL', outOfMemory: true });
    });

    // Each call of a start to containerd is a step; what comes between two is before the second.
    test.each(['game', 'install'] as const)(
      'at any step of the start of a %s, are found or never there',
      async (purpose) => {
        const outcomes: string[] = [];
        for (let call = 1; outcomes.at(-1) !== 'started'; call++) {
          for (const when of ['before', 'after'] as const) {
            const launch = bench.launch(['/bin/sh', '-c', 'read line; exit 8'], { purpose });
            bench.willClean(launch);
            const dying = agent(launch, { call, when });
            if ((await dying.startedOrEnded()) !== null) {
              outcomes.push('started');
              await dying.kill();
            }
            const found = await bench.runtime.recover(launch.serverId, launch.startId);
            if (isRunning(found)) {
              if (outcomes.at(-1) !== 'started') outcomes.push('found');
              await found.write(bytes('x\n'));
              expect(await found.exited).toMatchObject({ code: 8 });
            } else {
              expect(found).toBeNull();
              outcomes.push('never there');
            }
            await bench.runtime.remove(launch.serverId, launch.startId);
            const remains = await left();
            expect(remains).toMatchObject({
              containers: [],
              tasks: [],
              mounts: [],
              shims: [],
              controlGroups: [],
            });
            expect(remains.snapshots.filter((name) => !name.startsWith('sha256:'))).toEqual([]);
          }
        }
        expect(outcomes.filter((outcome) => outcome === 'never there').length).toBeGreaterThan(6);
        expect(outcomes).toContain('found');
      },
      120_000,
    );

    test('are removed by the next one when no server remembers them', async () => {
      const launch = bench.launch(['/bin/sh', '-c', 'echo ready; read line']);
      const first = agent(launch);
      await first.startedOrEnded();
      await first.kill();
      const { path } = new RunFolder(bench.runRoot, launch.serverId, launch.startId);
      rmSync(path, { recursive: true });
      await bench.runtime.detect();
      await vi.waitFor(async () => {
        expect(await left()).toMatchObject({
          containers: [],
          tasks: [],
          mounts: [],
          shims: [],
          controlGroups: [],
        });
      }, patient);
    });
  });

  describe('when containerd', () => {
    test.each(['restart', 'kill'] as const)('has an end (%s), run on and are watched again', async (how) => {
      const server = await bench.start(['/bin/sh', '-c', counting]);
      await printed(bench, server, 'line 1\n');
      if (how === 'kill') {
        await containerd.containerd.kill();
        // It takes the machine a moment to close what the dead one had open.
        await expect
          .poll(() => bench.runtime.detect(), { timeout: 20_000 })
          .toMatchObject({ available: false, notes: [expect.stringContaining('containerd is not running')] });
        await expect(bench.start(shellGame())).rejects.toMatchObject({
          code: 'unavailable',
          message: expect.stringContaining('containerd is not running'),
        });
      }
      await server.write(bytes('still there\n'));
      await printed(bench, server, 'heard still there');
      expect((await server.usage()).pids).toBeGreaterThan(1);
      await containerd.containerd.restart();
      expect(await bench.runtime.detect()).toMatchObject({ available: true });
      await server.write(bytes('end\n'));
      expect(await server.exited).toMatchObject({ code: 6, signal: null });
      const numbers = numbersIn(bench.out(server));
      expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    });

    test('is away, are taken back and killed all the same, and tidied up later', async () => {
      const server = await bench.game('be-stubborn', 'say ready');
      await printed(bench, server, 'ready');
      server.release();
      await containerd.containerd.kill();
      const next = containerd.runtime(bench.runRoot);
      const found = await next.recover(server.serverId, server.startId);
      if (!isRunning(found)) throw new Error('The server did not survive');
      await found.write(bytes('say hello\n'));
      await printed(bench, found, 'hello');
      const killed = found.kill();
      await vi.waitFor(() => expect(existsSync(`/proc/${found.pid}`)).toBe(false), patient);
      await containerd.containerd.restart();
      await killed;
      expect((await found.exited).outOfMemory).toBe(false);
      await next.remove(server.serverId, server.startId);
      expect(await left()).toMatchObject({ containers: [], tasks: [], mounts: [], controlGroups: [] });
    });
  });

  test('crash within 5 seconds when their shim is killed', async () => {
    const server = await bench.game('say ready');
    await printed(bench, server, 'ready');
    const before = performance.now();
    for (const shim of (await left()).shims) process.kill(Number(shim), 'SIGKILL');
    const exit = await server.exited;
    expect(performance.now() - before).toBeLessThan(5000);
    expect(exit.code).toBeNull();
    await bench.runtime.remove(server.serverId, server.startId);
    expect(await left()).toMatchObject({
      containers: [],
      tasks: [],
      mounts: [],
      shims: [],
      controlGroups: [],
    });
  });

  test('are gone when a start is called off half-way', async () => {
    for (const delayMs of [0, 2, 5, 10, 20, 30, 45]) {
      const launch = bench.launch(shellGame('say ready'));
      const controller = new AbortController();
      const starting = bench.runtime.start(launch, controller.signal).then(
        (server) => server.kill(),
        (error) => expect(error.name).toBe('AbortError'),
      );
      setTimeout(() => controller.abort(), delayMs);
      await starting;
      await bench.runtime.remove(launch.serverId, launch.startId);
      expect(await left()).toMatchObject({
        containers: [],
        tasks: [],
        mounts: [],
        shims: [],
        controlGroups: [],
      });
    }
  });

  describe('cannot be started', () => {
    const refused = async (changes: Partial<Launch>, argv: string[] = shellGame()) => {
      const launch = bench.launch(argv, changes);
      const error = await bench.runtime.start(launch, AbortSignal.timeout(20_000)).then(
        () => null,
        (reason) => reason,
      );
      expect(existsSync(new RunFolder(bench.runRoot, launch.serverId, launch.startId).path)).toBe(false);
      expect(await left()).toMatchObject({
        containers: [],
        tasks: [],
        mounts: [],
        shims: [],
        controlGroups: [],
      });
      return { code: error?.code, message: error?.message };
    };

    test('from a program that the image lacks', async () => {
      expect(await refused({}, ['no-such-program'])).toEqual({
        code: 'invalid_input',
        message: 'There is no program "no-such-program" in the image of the server',
      });
      expect(await refused({}, ['/no/such/program'])).toEqual({
        code: 'invalid_input',
        message: 'There is no program "/no/such/program" in the image of the server',
      });
      expect((await refused({}, ['/etc/passwd'])).code).toBe('invalid_input');
    });

    test('from no image, or one that is not here', async () => {
      expect((await refused({ image: null })).code).toBe('invalid_input');
      expect((await refused({ image: 'nowhere.invalid/nothing:1' })).message).toContain(
        'is not on this machine',
      );
    });

    test('without a user or a folder of their own', async () => {
      expect((await refused({ uid: null })).code).toBe('unavailable');
      const launch = bench.launch(shellGame());
      const start = bench.runtime.start({ ...launch, directory: '/nowhere' }, AbortSignal.timeout(5000));
      await expect(start).rejects.toMatchObject({ code: 'invalid_input' });
    });
  });

  test('have a terminal when that is asked for, which can be resized', async () => {
    const show = 'stty size; while read -r line; do stty size; [ "$line" = end ] && exit 4; done';
    const server = await bench.start(['/bin/sh', '-c', show], { terminal: true });
    await printed(bench, server, '30 120');
    await server.resize(80, 25);
    await server.write(bytes('again\n'));
    await printed(bench, server, '25 80');
    await server.write(bytes('end\n'));
    expect(await server.exited).toMatchObject({ code: 4 });
    expect(existsSync(new RunFolder(bench.runRoot, server.serverId, server.startId).stderr)).toBe(false);
  });

  test('start and die together, ten at once', async () => {
    const servers = await Promise.all(Array.from({ length: 10 }, () => bench.game('say ready')));
    expect(new Set(servers.map(({ pid }) => pid)).size).toBe(10);
    await Promise.all(servers.map((server) => printed(bench, server, 'ready')));
    await Promise.all(servers.map((server) => server.kill()));
    for (const server of servers) expect(await server.exited).toMatchObject({ signal: 'SIGKILL' });
  });
});
