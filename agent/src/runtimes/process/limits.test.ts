import { randomInt } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Limits } from '@catalyst/shared/features/server-spec';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { describeUnless, notRoot } from '../../testing/describe-unless.ts';
import { openCgroups } from '../cgroups/open-cgroups.ts';
import { removeSuiteCgroups } from '../cgroups/suite-cgroups.ts';
import { ProcessRuntime } from '../process-runtime.ts';
import { RunFolder } from '../run-folder.ts';
import { bytes, isRunning, printed, RuntimeBench } from '../runtime-suite.ts';
import { readHolderRecord } from './holder-record.ts';
import { shellGame } from './testing/shell-game.ts';

const cgroupRoot = '/sys/fs/cgroup';
const cgroupPrefix = `catalyst-limits-${process.pid}`;
const { tree } = openCgroups(cgroupRoot, cgroupPrefix);
const reason = notRoot ?? (tree ? null : 'needs control groups to write to');

// Servers without a control group are killed by their user: no other test may use the same ones.
const firstUid = 10_000_000 + randomInt(1_000_000) * 1000;
const limits = (changes: Partial<Limits>) =>
  Limits.parse({ memoryMb: 256, cpuCores: 2, diskMb: 100, pids: 64, ...changes });

describeUnless(reason, 'a server behind its limits', () => {
  let bench: RuntimeBench;
  beforeEach(() => {
    bench = new RuntimeBench({
      open: (runRoot) => new ProcessRuntime({ runRoot, cgroupRoot, cgroupPrefix }),
      game: shellGame,
      firstUid,
    });
  });
  afterEach(() => bench[Symbol.asyncDispose]());

  describe('memory', () => {
    test('ends a server that takes too much, and it alone', async () => {
      const neighbour = await bench.game('say ready');
      const server = await bench.start(['/usr/bin/tail', '/dev/zero'], { limits: limits({ memoryMb: 32 }) });
      expect(await server.exited).toMatchObject({ code: null, signal: 'SIGKILL', outOfMemory: true });
      await neighbour.write(bytes('say fine\n'));
      await printed(bench, neighbour, 'fine');
    });

    test('is named as the cause when the server fails because a part of it was killed', async () => {
      const server = await bench.start(['/bin/sh', '-c', 'tail /dev/zero; exit 9'], {
        limits: limits({ memoryMb: 32 }),
      });
      expect(await server.exited).toMatchObject({ code: 9, signal: null, outOfMemory: true });
    });

    test('is not the cause when the server did not mind, or was killed by us', async () => {
      const command = 'tail /dev/zero; echo survived; read line; exit 0';
      const first = await bench.start(['/bin/sh', '-c', command], { limits: limits({ memoryMb: 32 }) });
      await printed(bench, first, 'survived');
      await first.write(bytes('\n'));
      expect(await first.exited).toMatchObject({ code: 0, outOfMemory: false });
      const second = await bench.start(['/bin/sh', '-c', command], { limits: limits({ memoryMb: 32 }) });
      await printed(bench, second, 'survived');
      await second.kill();
      expect(await second.exited).toMatchObject({ signal: 'SIGKILL', outOfMemory: false });
    });

    test('is seen as the cause by the next agent, too', async () => {
      const launch = bench.launch(['/bin/sh', '-c', 'read line; exec tail /dev/zero'], {
        limits: limits({ memoryMb: 32 }),
      });
      bench.willClean(launch);
      const server = await bench.runtime.start(launch, AbortSignal.timeout(20_000));
      await server.write(bytes('\n'));
      server.release();
      const folder = new RunFolder(bench.runRoot, launch.serverId, launch.startId);
      await vi.waitFor(() => readFileSync(folder.exit), { timeout: 10_000 });
      const exit = await bench.runtime.recover(launch.serverId, launch.startId);
      expect(exit).toMatchObject({ signal: 'SIGKILL', outOfMemory: true });
    });

    test('can be changed, but not below what is in use', async () => {
      const hold = 'x=$(head -c 30000000 /dev/zero | tr "\\0" x); echo full; read line; echo "$x" | wc -c';
      const server = await bench.start(['/bin/sh', '-c', hold]);
      await printed(bench, server, 'full');
      expect((await server.usage()).memoryBytes).toBeGreaterThan(30_000_000);
      await server.setLimits(limits({ memoryMb: 200 }));
      if (tree?.version === 1) {
        await expect(server.setLimits(limits({ memoryMb: 16 }))).rejects.toMatchObject({
          code: 'unavailable',
        });
      }
      await server.write(bytes('\n'));
      expect(await server.exited).toMatchObject({ code: 0 });
    });
  });

  describe('processes', () => {
    // Never gives up, and every process leaves the session of its parent.
    const bomb = ['/usr/bin/perl', '-MPOSIX', '-e', 'while (1) { fork; setsid }'];

    test('bound a fork bomb, which is killed to the last process', async () => {
      const neighbour = await bench.game('say ready');
      const server = await bench.start(bomb, { limits: limits({ pids: 40, cpuCores: 0.5 }) });
      await vi.waitFor(async () => expect((await server.usage()).pids).toBeGreaterThanOrEqual(38), {
        timeout: 10_000,
      });
      expect((await server.usage()).pids).toBeLessThanOrEqual(40);
      await server.kill();
      expect(await server.exited).toMatchObject({ signal: 'SIGKILL', outOfMemory: false });
      expect(processesOf(firstUid + 2)).toEqual([]);
      await neighbour.write(bytes('say fine\n'));
      await printed(bench, neighbour, 'fine');
    });

    test('bound a fork bomb where there are no control groups', async () => {
      const runtime = new ProcessRuntime({ runRoot: bench.runRoot, cgroupRoot: '/nowhere', cgroupPrefix });
      const launch = bench.launch(bomb, { limits: limits({ pids: 40 }) });
      const server = await runtime.start(launch, AbortSignal.timeout(20_000));
      await vi.waitFor(async () => expect((await server.usage()).pids).toBeGreaterThanOrEqual(30), {
        timeout: 10_000,
      });
      await server.kill();
      expect(processesOf(launch.uid ?? 0)).toEqual([]);
      await expect(server.setLimits(limits({}))).rejects.toMatchObject({ code: 'unavailable' });
    });

    test('can be changed while the server runs', async () => {
      const spawnMany =
        'while read -r n; do for i in $(seq $n); do sleep 60 & done; echo "spawned $n"; done 2>/dev/null';
      const server = await bench.start(['/bin/sh', '-c', spawnMany], { limits: limits({ pids: 8 }) });
      await server.setLimits(limits({ pids: 30 }));
      await server.write(bytes('20\n'));
      await printed(bench, server, 'spawned 20');
      expect((await server.usage()).pids).toBe(21);
      await server.kill();
    });
  });

  test('cores are those it is pinned to, also when that is changed', async () => {
    const allowed = 'while read -r x; do grep Cpus_allowed_list /proc/self/status; done';
    const server = await bench.start(['/bin/sh', '-c', allowed], { limits: limits({ cpuPinning: '0' }) });
    await server.write(bytes('\n'));
    await printed(bench, server, 'Cpus_allowed_list:\t0\n');
    await expect(server.setLimits(limits({ cpuPinning: '4095' }))).rejects.toMatchObject({
      code: 'invalid_input',
    });
    await server.setLimits(limits({}));
    await server.write(bytes('\n'));
    await printed(bench, server, `Cpus_allowed_list:\t${tree?.cores}\n`);
  });

  test('CPU time is cut to the quota', async () => {
    const busy = ['/bin/sh', '-c', 'echo busy; while :; do :; done'];
    const cut = await bench.start(busy, { limits: limits({ cpuCores: 0.1 }) });
    const free = await bench.start(busy, { limits: limits({ cpuCores: 2 }) });
    await vi.waitFor(() => expect(cpuStat(cut.serverId, cut.startId, 'nr_throttled')).toBeGreaterThan(5), {
      timeout: 20_000,
    });
    expect(cpuStat(free.serverId, free.startId, 'nr_throttled')).toBe(0);
    // Each period of 0.1 s allows 10 ms.
    const periods = cpuStat(cut.serverId, cut.startId, 'nr_periods');
    const usage = await cut.usage();
    expect(usage.cpuSeconds).toBeGreaterThan(0.02);
    expect(usage.cpuSeconds).toBeLessThan((periods + 3) * 0.01 * 2);
    await Promise.all([cut.kill(), free.kill()]);
  });

  describe('walls', () => {
    const statusOf = (bench: RuntimeBench, server: { serverId: string; startId: string }) =>
      Object.fromEntries(
        bench
          .out(server)
          .trim()
          .split('\n')
          .map((line) => line.split(/:\s*/)),
      );

    test('another user, no capability, no way to gain one', async () => {
      const launch = bench.launch(['/bin/cat', '/proc/self/status']);
      bench.willClean(launch);
      const server = await bench.runtime.start(launch, AbortSignal.timeout(20_000));
      await server.exited;
      const status = statusOf(bench, server);
      const own = `${launch.uid}`;
      expect(status.Uid.split('\t')).toEqual([own, own, own, own]);
      expect(status.Gid.split('\t')).toEqual([own, own, own, own]);
      expect(status.Groups.trim()).toMatch(new RegExp(`^(${own})?$`));
      for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'])
        expect(status[set]).toMatch(/^0+$/);
      expect(status.NoNewPrivs).toBe('1');
    });

    test('root without a user of its own has no capability left either', async () => {
      const server = await bench.start(['/bin/cat', '/proc/self/status'], { uid: null });
      await server.exited;
      expect(statusOf(bench, server)).toMatchObject({ CapEff: '0000000000000000', NoNewPrivs: '1' });
    });

    test('neither files, memory, environment nor processes of the agent and the neighbours', async () => {
      const secret = join(bench.folder, 'secret');
      writeFileSync(secret, 'top secret', { mode: 0o600 });
      const neighbour = await bench.game('say ready');
      chmodSync(join(bench.folder, neighbour.serverId), 0o750);
      const folder = new RunFolder(bench.runRoot, neighbour.serverId, neighbour.startId);
      const holder = readHolderRecord(folder)?.holder?.pid;
      const script = `
        for path in "$@"; do cat "$path" >/dev/null && echo "read $path"; done
        for pid in ${process.pid} ${holder} ${neighbour.pid}; do
          cat /proc/$pid/environ >/dev/null && echo "environment of $pid"
          cat /proc/$pid/mem >/dev/null && echo "memory of $pid"
          ls /proc/$pid/fd/ >/dev/null && echo "descriptors of $pid"
          kill -0 $pid && echo "signal to $pid"
        done
        echo 0 >/proc/self/oom_score_adj; ulimit -c unlimited
        for file in /sys/fs/cgroup/cgroup.procs /sys/fs/cgroup/*/cgroup.procs; do
          echo 0 >$file && echo "left for $file"
        done
        echo done`;
      const paths = [
        secret,
        folder.stdout,
        folder.stdin,
        folder.state,
        join(bench.folder, neighbour.serverId, '.'),
      ];
      const server = await bench.start(['/bin/sh', '-c', script, 'thief', ...paths]);
      await server.exited;
      expect(bench.out(server)).toBe('done\n');
      expect(bench.err(server).match(/denied|not permitted/gi)?.length).toBeGreaterThan(10);
    });

    test('the kernel prefers a game to its holder when memory is short', async () => {
      const server = await bench.game('say ready');
      await printed(bench, server, 'ready');
      const folder = new RunFolder(bench.runRoot, server.serverId, server.startId);
      const score = (pid?: number | null) => Number(readFileSync(`/proc/${pid}/oom_score_adj`, 'utf8'));
      expect(score(server.pid)).toBe(500);
      expect(score(readHolderRecord(folder)?.holder?.pid)).toBeLessThanOrEqual(0);
    });

    test('no core files', async () => {
      const server = await bench.start(['/bin/cat', '/proc/self/limits']);
      await server.exited;
      expect(bench.out(server)).toMatch(/Max core file size\s+0\s+0/);
    });
  });

  test('nothing is left of a server that was removed', async () => {
    const server = await bench.game('exit 0');
    await server.exited;
    await bench.runtime.remove(server.serverId, server.startId);
    const folder = new RunFolder(bench.runRoot, server.serverId, server.startId);
    expect(readdirSync(folder.path).sort()).toEqual(['err', 'exit', 'holder', 'out', 'state.json']);
    expect(groupsOf(server.serverId)).toEqual([]);
    const found = await bench.runtime.recover(server.serverId, server.startId);
    expect(isRunning(found)).toBe(false);
  });

  test('nothing is left when the group cannot be made', async () => {
    const launch = bench.launch(['/bin/sh'], { limits: { ...limits({}), pids: -5 } });
    await expect(bench.runtime.start(launch, AbortSignal.timeout(20_000))).rejects.toMatchObject({
      code: 'unavailable',
    });
    expect(groupsOf(launch.serverId)).toEqual([]);
    expect(await bench.runtime.recover(launch.serverId, launch.startId)).toBeNull();
  });
});

test('an agent that cannot write control groups says so', async () => {
  await using bench = new RuntimeBench({
    open: (runRoot) => new ProcessRuntime({ runRoot, cgroupRoot: '/nowhere', cgroupPrefix }),
    game: shellGame,
    firstUid: null,
  });
  const report = await bench.runtime.detect();
  expect(report).toMatchObject({ available: true, enforces: { memory: false, cpu: false, pids: false } });
  expect(report.notes).toContain(
    'The memory limit is not enforced because this system has no control groups.',
  );
});

afterAll(() => removeSuiteCgroups(cgroupPrefix));

function cpuStat(serverId: string, startId: string, key: string): number {
  const folders = tree?.version === 2 ? [''] : ['cpu'];
  const path = join(cgroupRoot, ...folders, cgroupPrefix, `${serverId}.${startId}`, 'cpu.stat');
  return Number(new RegExp(`^${key} (\\d+)$`, 'm').exec(readFileSync(path, 'utf8'))?.[1]);
}

function groupsOf(serverId: string): string[] {
  return ['pids', 'memory', 'cpu', 'cpuacct', '.'].flatMap((controller) => {
    try {
      return readdirSync(join(cgroupRoot, controller, cgroupPrefix)).filter((name) =>
        name.startsWith(`${serverId}.`),
      );
    } catch {
      return [];
    }
  });
}

function processesOf(uid: number): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      const status = /^\d+$/.test(pid) ? readFileSync(`/proc/${pid}/status`, 'utf8') : '';
      // What is dead and waits for its parent to ask does not count.
      return status.includes(`\nUid:\t${uid}\t`) && !/^State:\s+[ZX]/m.test(status);
    } catch {
      return false;
    }
  });
}
