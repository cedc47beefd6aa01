import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { isProcessAlive, processIsGone } from './testing/agent-process.ts';
import { describeUnless, noPosix } from './testing/describe-unless.ts';
import { newId } from './testing/ids.ts';
import {
  counting,
  gameSpec,
  killAndRestart,
  node,
  pidOf,
  runFolder,
  started,
  texts,
} from './testing/real-games.ts';
import { finished, order, runServer } from './testing/test-agent.ts';

describeUnless(noPosix, 'an agent that is killed', () => {
  it('finds its game as it was: the same process, every line once, commands obeyed', {
    timeout: 90_000,
  }, async () => {
    const { panel, agent } = await started();
    const id = await runServer(panel, gameSpec(counting));
    const pid = await pidOf(panel, agent, id);
    for (let round = 0; round < 3; round++) {
      await killAndRestart(panel, agent);
      expect(panel.snapshot).toMatchObject([{ serverId: id, state: 'running', pid }]);
    }
    await panel.call('console_input', { serverId: id, data: 'hello', operationId: newId() });
    await vi.waitFor(async () => expect(await texts(panel, id)).toContain('got hello'));
    expect(await finished(panel, await order(panel, id, 'stop'))).toBeNull();
    const numbers = (await texts(panel, id, 'stdout')).flatMap(
      (text) => /^line (\d+)$/.exec(text)?.[1] ?? [],
    );
    expect(numbers.length).toBeGreaterThan(50);
    expect(numbers).toEqual(numbers.map((_, index) => `${index + 1}`));
    await processIsGone(pid);
    expect(panel.reports('server_state_update').at(-1)?.report).toMatchObject({
      state: 'stopped',
      exitCode: 0,
    });
  });

  it('does nothing twice that is asked for again with the same id', async () => {
    const { panel, agent } = await started();
    const id = await runServer(panel, gameSpec(counting));
    const command = { serverId: id, data: 'once', operationId: newId() };
    const answer = await panel.call('console_input', command);
    await vi.waitFor(async () => expect(await texts(panel, id)).toContain('got once'));
    await killAndRestart(panel, agent);
    expect(await panel.call('console_input', command)).toEqual(answer);
    const restart = await order(panel, id, 'restart');
    expect(await finished(panel, restart)).toBeNull();
    expect(await finished(panel, await order(panel, id, 'stop'))).toBeNull();
    await killAndRestart(panel, agent);
    await order(panel, id, 'restart', restart);
    await expect(panel.call('console_input', command)).resolves.toEqual(answer);
    expect(panel.stateOf(id)).toBe('stopped');
    expect((await texts(panel, id)).filter((text) => text === 'got once')).toHaveLength(1);
  });

  it('goes on with a start, and tells its end', async () => {
    const { panel, agent } = await started();
    const slow = `setTimeout(() => { console.log('ready'); setInterval(() => {}, 1000); }, 1500);`;
    const spec = gameSpec(slow);
    await panel.call('server:apply', { spec });
    expect(await finished(panel, await order(panel, spec.serverId, 'install'))).toBeNull();
    const start = await order(panel, spec.serverId, 'start');
    await vi.waitFor(() => expect(panel.stateOf(spec.serverId)).toBe('starting'));
    await killAndRestart(panel, agent);
    expect(await finished(panel, start)).toBeNull();
    expect(panel.stateOf(spec.serverId)).toBe('running');
  });

  it('sees that a line it waited for came while it was away', async () => {
    const { panel, agent } = await started();
    const slow = `console.log('hello'); setTimeout(() => { console.log('ready'); setInterval(() => {}, 1000); }, 1000);`;
    const spec = gameSpec(slow);
    await panel.call('server:apply', { spec });
    expect(await finished(panel, await order(panel, spec.serverId, 'install'))).toBeNull();
    const start = await order(panel, spec.serverId, 'start');
    await vi.waitFor(async () => expect(await texts(panel, spec.serverId)).toContain('hello'), 5000);
    await agent.end('SIGKILL');
    const run = runFolder(agent, spec.serverId);
    await vi.waitFor(() => expect(readFileSync(join(run, 'out'), 'utf8')).toContain('ready'), 5000);
    agent.start();
    expect(await finished(panel, start)).toBeNull();
  });

  it('goes on with a stop, and tells its end', async () => {
    const { panel, agent } = await started();
    const stubborn = `process.stdin.on('data', () => setTimeout(() => process.exit(0), 1500)); console.log('ready');`;
    const id = await runServer(
      panel,
      gameSpec(stubborn, { stop: { kind: 'command', command: 'stop', timeoutSeconds: 20 } }),
    );
    const stop = await order(panel, id, 'stop');
    await vi.waitFor(() => expect(panel.stateOf(id)).toBe('stopping'));
    await killAndRestart(panel, agent);
    expect(await finished(panel, stop)).toBeNull();
    expect(panel.stateOf(id)).toBe('stopped');
  });

  it('in the middle of an installation leaves nothing running, and says that it failed', async () => {
    const { panel, agent } = await started();
    const install = {
      timeoutSeconds: 60,
      steps: [
        {
          kind: 'run' as const,
          label: 'Endless',
          argv: node(`console.log('pid ' + process.pid); setInterval(() => {}, 1000)`),
        },
      ],
    };
    const spec = gameSpec(counting, { install });
    const id = spec.serverId;
    await panel.call('server:apply', { spec });
    const operationId = await order(panel, id, 'install');
    const pid = await vi.waitFor(async () => {
      const line = (await texts(panel, id, 'install')).find((text) => text.startsWith('pid '));
      return Number(line?.slice(4) ?? expect.fail('no pid yet'));
    }, 10_000);
    expect(isProcessAlive(pid)).toBe(true);
    await killAndRestart(panel, agent);
    expect(await finished(panel, operationId)).toMatchObject({ code: 'unavailable' });
    await processIsGone(pid);
    expect(panel.snapshot).toMatchObject([{ state: 'error', reason: 'install_interrupted' }]);
    await panel.call('server:apply', {
      spec: { ...spec, revision: 2, install: { timeoutSeconds: 60, steps: [] } },
    });
    for (const action of ['install', 'start'] as const) {
      expect(await finished(panel, await order(panel, id, action))).toBeNull();
    }
  });

  it('restarts a game that crashed while it was away', async () => {
    const { panel, agent } = await started();
    const id = await runServer(
      panel,
      gameSpec(counting, {
        restartPolicy: { mode: 'on-failure', maxRestarts: 3, windowSeconds: 60, backoffSeconds: 0.1 },
      }),
    );
    const pid = await pidOf(panel, agent, id);
    await agent.end('SIGKILL');
    process.kill(pid, 'SIGKILL');
    await processIsGone(pid);
    const before = panel.reports('node_snapshot').length;
    agent.start();
    await panel.connected(before);
    await vi.waitFor(() => expect(panel.stateOf(id)).toBe('running'), 10_000);
    const lines = await texts(panel, id, 'system');
    expect(lines).toEqual(['Crashed. It was ended by SIGKILL. It is restarted in 1 s.']);
  });
});
