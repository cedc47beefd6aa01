import { randomInt } from 'node:crypto';
import { chownSync, closeSync, mkdirSync, openSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { identify } from '@catalyst/shared/node/process-identity';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { describeUnless, notRoot } from '../../testing/describe-unless.ts';
import { removeSuiteCgroups } from '../cgroups/suite-cgroups.ts';
import { ProcessRuntime } from '../process-runtime.ts';
import { bytes, isRunning, printed, RuntimeBench } from '../runtime-suite.ts';
import { shellGame } from './testing/shell-game.ts';
import { SuiteAgentProcess } from './testing/suite-agent-process.ts';

const isReachable = everybodyCanReach(process.execPath) && everybodyCanReach(import.meta.filename);
const reason = notRoot ?? (isReachable ? null : 'needs Node and this folder where every user can reach them');

const cgroupPrefix = `catalyst-unprivileged-${process.pid}`;
const agentUid = 10_000_000 + randomInt(1_000_000) * 1000;

describeUnless(reason, 'an agent', () => {
  let bench: RuntimeBench;
  beforeEach(() => {
    bench = new RuntimeBench({
      open: (runRoot) => new ProcessRuntime({ runRoot, cgroupPrefix, cgroupRoot: '/nowhere' }),
      game: shellGame,
      firstUid: null,
    });
  });
  afterEach(() => bench[Symbol.asyncDispose]());

  test('that is not root runs servers as itself, and says what does not hold', async () => {
    const runRoot = join(bench.runRoot, 'own');
    mkdirSync(runRoot);
    for (const folder of [bench.runRoot, runRoot]) chownSync(folder, agentUid, agentUid);
    const launch = bench.launch(shellGame('say ready', 'be-stubborn'));
    chownSync(launch.directory, agentUid, agentUid);
    const orders = { options: { runRoot, cgroupPrefix }, launch };
    const agent = new SuiteAgentProcess(orders, { uid: agentUid, gid: agentUid });
    const report = await agent.report();
    expect(report.enforces).toEqual({
      user: false,
      memory: false,
      swap: false,
      cpu: false,
      cpuPinning: false,
      ioWeight: false,
      pids: false,
    });
    expect(report.notes.join(' ')).toMatch(
      /memory limit is not enforced because the agent does not run as root/,
    );
    expect(report.notes.join(' ')).toMatch(/under the user of the agent/);
    await agent.started();
    await agent.kill();

    // The next agent is root and has control groups; this server is in none of them.
    const runtime = new ProcessRuntime({ runRoot, cgroupPrefix });
    const server = await runtime.recover(launch.serverId, launch.startId);
    if (!isRunning(server)) throw new Error('The server did not survive');
    await server.write(bytes('say hello\n'));
    expect(await server.usage()).toMatchObject({ pids: 1 });
    await server.kill();
    expect(identify(server.pid ?? 0)).toBeNull();
    expect(await server.exited).toMatchObject({ signal: 'SIGKILL' });
  });

  test('that is not root is refused a user for a server', async () => {
    const runRoot = join(bench.runRoot, 'own');
    mkdirSync(runRoot);
    for (const folder of [bench.runRoot, runRoot]) chownSync(folder, agentUid, agentUid);
    const launch = bench.launch(shellGame(), { uid: 12_345 });
    const agent = new SuiteAgentProcess(
      { options: { runRoot, cgroupPrefix }, launch },
      { uid: agentUid, gid: agentUid, stdio: ['ignore', 'pipe', 'ignore'] },
    );
    await agent.starting();
    await expect(agent.started()).rejects.toThrow('The agent ended');
    expect(await bench.runtime.recover(launch.serverId, launch.startId)).toBeNull();
  });

  test.each(['shell', 'node'] as const)(
    'passes on nothing it was given itself (%s holder)',
    async (holder) => {
      const secret = join(bench.folder, 'secret-of-the-starter');
      writeFileSync(secret, 'secret');
      const given = openSync(secret, 'r');
      const notGiven = Array.from({ length: 34 }, () => 'ignore' as const);
      const list = 'cd /proc/$$/fd; for n in *; do readlink $n; done; echo that is all; read line';
      const launch = bench.launch(['/bin/sh', '-c', list]);
      bench.willClean(launch);
      const agent = new SuiteAgentProcess(
        { options: { runRoot: bench.runRoot, cgroupPrefix, cgroupRoot: '/nowhere', holder }, launch },
        // 5 is used by the holder; 40 is beyond the gap up to which Node looks after them.
        { stdio: ['ignore', 'pipe', 'inherit', 'ignore', 'ignore', given, ...notGiven, given] },
      );
      closeSync(given);
      await agent.started();
      await agent.kill();
      const server = await bench.runtime.recover(launch.serverId, launch.startId);
      if (!isRunning(server)) throw new Error('The server did not survive');
      await printed(bench, server, 'that is all');
      await server.kill();
      expect(bench.out(server)).not.toContain('secret-of-the-starter');
    },
  );
});

afterAll(() => removeSuiteCgroups(cgroupPrefix));

function everybodyCanReach(path: string): boolean {
  const folder = dirname(path);
  return (statSync(folder).mode & 0o005) === 0o005 && (folder === '/' || everybodyCanReach(folder));
}
