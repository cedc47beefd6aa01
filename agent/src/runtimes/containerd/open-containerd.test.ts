import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import type { ServerSpec } from '@catalyst/shared/features/server-spec';
import { afterAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { DataFolder, prepareDataFolder } from '../../data-folder.ts';
import { createLogger } from '../../logger.ts';
import { describeUnless } from '../../testing/describe-unless.ts';
import { fakeSpec } from '../../testing/server-specs.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { TestSupervisor } from '../../testing/test-supervisor.ts';
import { type OpenContainerd, openContainerd } from './open-containerd.ts';
import { ContainerdBench, needsContainerd, suiteImage } from './testing/containerd-bench.ts';
import { whatIsLeft } from './testing/whats-left.ts';

// Networks are made here: that is for a network namespace of the test's own.
const isPrivate = process.env.CATALYST_TEST_NETWORK === 'private';
const bench = isPrivate ? await ContainerdBench.open('agent') : undefined;
afterAll(() => bench?.close());
const patient = { timeout: 20_000, interval: 20 };
const port = 25_565;
const networkPrefix = 'suite';

describeUnless(
  bench ? null : isPrivate ? needsContainerd : 'needs a network of its own',
  'an agent with containerd',
  () => {
    if (!bench) return;
    let folder: DataFolder;
    let containerd: OpenContainerd;
    let agent: TestSupervisor;

    async function open(): Promise<void> {
      const opened = await openContainerd({
        socketPath: bench?.containerd.socketPath ?? '',
        namespace: bench?.prefix ?? '',
        cgroupPrefix: bench?.prefix ?? '',
        networkPrefix,
        networkFolder: `${folder.path}/networks`,
        runRoot: folder.run,
        registryNetworks: [],
        hostEnvironment: process.env,
        log: createLogger('error'),
      });
      containerd = opened;
      onTestFinished(() => opened.close());
      agent = await TestSupervisor.open({ folder, runtime: opened.runtime, giveUsers: true });
    }
    beforeEach(async () => {
      folder = new DataFolder(temporaryFolder());
      await prepareDataFolder(folder);
      await open();
    });

    function spec(script: string, changes: Parameters<typeof fakeSpec>[1] = {}): ServerSpec {
      return fakeSpec([], {
        runtime: 'containerd',
        image: suiteImage,
        argv: ['/bin/sh', '-c', script],
        network: { mode: 'bridge' },
        ports: [{ name: 'game', ip: '127.0.0.1', port, protocol: 'tcp', targetPort: 80 }],
        ...changes,
      });
    }
    const game = 'nc -ll -p 80 -e /bin/echo hello & echo ready; read line';
    const left = () => whatIsLeft(bench.client(), bench.containerd.folder, folder.run);
    const nothing = { containers: [], tasks: [], mounts: [], shims: [], controlGroups: [] };
    const networks = () =>
      (existsSync('/run/netns') ? readdirSync('/run/netns') : []).filter((name) =>
        name.includes(`-${networkPrefix}-`),
      );

    async function hear(): Promise<string> {
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect');
      return text(socket);
    }

    test('installs, starts, is reached, is measured, restarts and removes a server', async () => {
      const steps = [
        { kind: 'run' as const, label: 'Prepare', argv: ['/bin/sh', '-c', 'id -u; pwd; echo made >file'] },
      ];
      const id = await agent.install(spec(`cat file; ${game}`, { install: { steps } }));
      expect(await agent.lines(id)).toEqual(expect.arrayContaining(['install: 0', 'install: /mnt/server']));
      await agent.done(agent.order(id, 'start'));
      expect(await agent.lines(id)).toContain('stdout: made');
      expect(await vi.waitFor(hear, patient)).toBe('hello\n');
      const usage = await agent.supervisor.get(id).running?.usage();
      expect(usage?.networkReceivedBytes).toBeGreaterThan(0);
      expect(usage?.networkSentBytes).toBeGreaterThan(0);
      const network = networks();
      expect(network).toHaveLength(1);
      await agent.done(agent.order(id, 'restart'));
      expect(networks()).toEqual(network);
      expect(await vi.waitFor(hear, patient)).toBe('hello\n');
      await agent.done(agent.order(id, 'remove'));
      await expect(hear()).rejects.toThrow('ECONNREFUSED');
      expect(networks()).toEqual([]);
      expect(await left()).toMatchObject(nothing);
    });

    test('takes back a server with its ports and its name', async () => {
      const id = await agent.run(spec(`hostname; cat /etc/hosts; ${game}`));
      const before = agent.supervisor.get(id).snapshot();
      await agent.supervisor.close();
      await containerd.close();
      await open();
      expect(agent.supervisor.get(id).snapshot()).toMatchObject({ state: 'running', pid: before.pid });
      expect(await vi.waitFor(hear, patient)).toBe('hello\n');
      await agent.done(agent.order(id, 'kill'));
      await agent.done(agent.order(id, 'remove'));
      expect(await left()).toMatchObject(nothing);
    });

    test('lets only one of two servers have a port, and tells the other why', async () => {
      const first = await agent.run(spec(game));
      const second = await agent.install(spec(game));
      await agent.done(agent.order(second, 'start'), 'port_taken');
      for (const id of [first, second]) await agent.done(agent.order(id, 'remove'));
      expect(networks()).toEqual([]);
    });

    test('removes a server that is only being started', async () => {
      for (const delayMs of [0, 10, 30, 60]) {
        const id = await agent.install(spec(game));
        const start = await agent.order(id, 'start');
        await new Promise((resolve) => setTimeout(resolve, delayMs));
        await agent.done(agent.order(id, 'remove'));
        await vi.waitFor(
          () => expect(agent.finished.some((operation) => operation.id === start)).toBe(true),
          patient,
        );
        expect(networks()).toEqual([]);
        expect(await left()).toMatchObject(nothing);
      }
    });

    test('tells that an image cannot be had, and that containerd is away', async () => {
      const id = await agent.install(spec(game, { image: '127.0.0.1:1/nothing:1' }));
      await agent.done(agent.order(id, 'start'), 'invalid_input');
      expect(agent.supervisor.get(id).snapshot()).toMatchObject({
        state: 'crashed',
        reason: 'image_pull_failed',
      });
      await bench.containerd.kill();
      await agent.done(agent.order(id, 'start'), 'unavailable');
      expect(agent.supervisor.get(id).snapshot()).toMatchObject({
        reason: 'runtime_unavailable',
        reasonText: expect.stringContaining('containerd is not running'),
      });
      await bench.containerd.restart();
      await agent.done(agent.order(id, 'remove'));
    });

    test('brings a server down that does not listen', async () => {
      const stubborn = 'trap "" TERM; echo ready; while :; do sleep 1; done';
      const id = await agent.run(
        spec(stubborn, { stop: { kind: 'signal', signal: 'SIGTERM', timeoutSeconds: 1 } }),
      );
      await agent.done(agent.order(id, 'stop'));
      expect(agent.supervisor.get(id).snapshot()).toMatchObject({ state: 'stopped', signal: 'SIGKILL' });
      await agent.done(agent.order(id, 'remove'));
      expect(readFileSync('/proc/self/mounts', 'utf8')).not.toContain(id);
    });
  },
);
