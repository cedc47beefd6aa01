import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import type { ServerSpec } from '@catalyst/shared/features/server-spec';
import { describe, expect, it, vi } from 'vitest';
import { AgentProcess, isProcessAlive, processIsGone } from './testing/agent-process.ts';
import { FakePanel } from './testing/fake-panel.ts';
import { newId } from './testing/ids.ts';
import { fakeSpec } from './testing/server-specs.ts';
import { finished, order, runServer } from './testing/test-agent.ts';

/** Counts aloud, obeys `stop`, and answers everything else. */
const counting = `
let count = 0;
const say = () => console.log('line ' + ++count);
process.stdin.on('data', (data) => {
  for (const command of String(data).trim().split('\\n')) {
    console.log('got ' + command);
    if (command === 'stop') process.exit(0);
    if (command === 'crash') process.abort();
  }
});
console.log('ready');
setInterval(say, 5);
`;

const isLinuxRoot = process.platform === 'linux' && process.getuid?.() === 0;
const node = (script: string) => [process.execPath, '-e', script];

function gameSpec(script: string, changes: Partial<ServerSpec> = {}): ServerSpec {
  return { ...fakeSpec([]), runtime: 'process', argv: node(script), ...changes };
}

async function started(environment: Record<string, string> = {}) {
  const panel = await FakePanel.open();
  const agent = await AgentProcess.start(panel.pairing(), environment);
  await panel.connected();
  return { panel, agent };
}

async function killAndRestart(panel: FakePanel, agent: AgentProcess) {
  const before = panel.reports('node_snapshot').length;
  await agent.end('SIGKILL');
  agent.start();
  await panel.connected(before);
}

async function texts(
  panel: FakePanel,
  serverId: string,
  stream?: 'stdout' | 'system' | 'install',
): Promise<string[]> {
  const all: string[] = [];
  for (let after: number | null = 0; after !== null; ) {
    const page: { lines: { text: string }[]; nextSeq: number | null } = await panel.call('console:read', {
      serverId,
      after,
      limit: 1000,
      ...(stream && { stream }),
    });
    all.push(...page.lines.map(({ text }) => text));
    after = page.nextSeq;
  }
  return all;
}

describe.skipIf(process.platform === 'win32')('an agent that is killed', () => {
  it('finds its game as it was: the same process, every line once, commands obeyed', async () => {
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

describe.skipIf(process.platform === 'win32')('an agent', () => {
  it('ends on SIGTERM without its game noticing, and gives its lock back', async () => {
    const { panel, agent } = await started();
    const id = await runServer(panel, gameSpec(counting));
    const pid = await pidOf(panel, agent, id);
    expect(await agent.end('SIGTERM')).toBe(0);
    expect(isProcessAlive(pid)).toBe(true);
    expect(() => statSync(agent.folder.lock)).toThrow('ENOENT');
    agent.start();
    await panel.connected(2);
    expect(panel.snapshot).toMatchObject([{ serverId: id, state: 'running', pid }]);
  });

  it('refuses a data folder that another agent uses', async () => {
    const { agent } = await started();
    const first = agent.pid;
    const second = agent.start();
    const code = await new Promise((resolve) => second.once('exit', resolve));
    expect(code).toBe(1);
    expect(agent.output).toContain(`Another agent (process ${first}) already uses this data folder`);
    expect(isProcessAlive(first)).toBe(true);
    process.kill(first, 'SIGKILL');
  });

  it('installs with the programs and the network settings of the machine', async () => {
    const { panel, agent } = await started({ HTTPS_PROXY: 'http://me:hunter2@127.0.0.1:9' });
    const script = `
      const { execSync } = require('child_process');
      console.log('npm ' + execSync('npm --version'));
      console.log('registry ' + process.env.npm_config_registry);
      console.log('proxy ' + process.env.HTTPS_PROXY);
      require('fs').mkdirSync('.npm/_cacache', { recursive: true });
      require('fs').writeFileSync('installed', process.cwd());`;
    const install = {
      timeoutSeconds: 60,
      steps: [{ kind: 'run' as const, label: 'Look', argv: node(script) }],
    };
    const id = await runServer(panel, gameSpec(counting, { install }));
    const lines = await texts(panel, id, 'install');
    expect(lines).toContainEqual(expect.stringMatching(/^npm \d+\./));
    expect(lines).toContainEqual(expect.stringMatching(/^registry https?:/));
    expect(lines).toContain('proxy http://127.0.0.1:9');
    const folder = agent.folder.server(id);
    expect(readFileSync(join(folder, 'installed'), 'utf8')).toBe(folder);
    expect(existsSync(join(folder, '.npm'))).toBe(false);
    if (isLinuxRoot) expect(statSync(join(folder, 'installed')).uid).toBeGreaterThanOrEqual(700_000);
  });

  it('ends an installation that writes more than the server may have', async () => {
    const { panel } = await started();
    const script = `
      require('fs').writeFileSync('big', Buffer.alloc(8_000_000, 1));
      console.log('written'); setInterval(() => {}, 1000);`;
    const spec = gameSpec(counting, {
      limits: { memoryMb: 256, swapMb: 0, cpuCores: 2, diskMb: 4, pids: 64 },
      install: { timeoutSeconds: 60, steps: [{ kind: 'run', label: 'Write', argv: node(script) }] },
    });
    await panel.call('server:apply', { spec });
    const error = await finished(panel, await order(panel, spec.serverId, 'install'));
    expect(error).toMatchObject({ code: 'quota_exceeded', message: expect.stringContaining('4 MB') });
    expect(panel.stateOf(spec.serverId)).toBe('error');
  });

  it('gives a game nothing of its own environment', async () => {
    const { panel } = await started({
      CATALYST_SECRET_FOR_TEST: 'hunter2',
      NODE_OPTIONS: '--no-deprecation',
    });
    const script = `console.log(JSON.stringify(process.env)); console.log('ready'); setInterval(() => {}, 1000);`;
    const id = await runServer(panel, gameSpec(script, { environment: { MODE: 'peaceful; $(id) "x"' } }));
    const [environment] = await texts(panel, id, 'stdout');
    const seen = JSON.parse(environment as string);
    expect(seen).toMatchObject({ MODE: 'peaceful; $(id) "x"', LANG: 'C.UTF-8' });
    expect(seen).not.toHaveProperty('NODE_OPTIONS');
    expect(JSON.stringify(seen)).not.toContain('hunter2');
    expect(seen.HOME.endsWith(id)).toBe(true);
  });

  it.skipIf(!isLinuxRoot)('keeps servers from each other and from its own secrets', async () => {
    const { panel, agent } = await started();
    const neighbour = await runServer(
      panel,
      gameSpec(`require('fs').writeFileSync('secret', 'x'); ${counting}`),
    );
    const targets = [
      join(agent.folder.server(neighbour), 'secret'),
      join(agent.folder.identity, 'agent-key.pem'),
      agent.folder.link,
      join(agent.folder.state, `server-${neighbour}.json`),
      agent.folder.history,
      `/proc/${agent.pid}/environ`,
    ];
    const spy = `
      for (const path of ${JSON.stringify(targets)}) {
        try { require('fs').readFileSync(path); console.log('read ' + path); } catch (error) { console.log(error.code); }
      }
      console.log('uid ' + process.getuid());
      console.log('ready'); setInterval(() => {}, 1000);`;
    const id = await runServer(panel, gameSpec(spy));
    const lines = await texts(panel, id, 'stdout');
    expect(lines.slice(0, targets.length)).toEqual(targets.map(() => 'EACCES'));
    expect(lines).toContain(`uid ${statSync(agent.folder.server(neighbour)).uid + 1}`);
  });

  it('answers the local stats, and runs without them when the port is taken', async () => {
    const port = await freePort();
    const { panel } = await started({ CATALYST_AGENT_STATS_PORT: `${port}` });
    const id = await runServer(panel, gameSpec(counting));
    const { status, body } = await get(port, `127.0.0.1:${port}`);
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({
      connected: true,
      servers: [{ serverId: id }],
      health: { containerCount: 1 },
    });
    // A web page that had its name lead to this machine.
    expect(await get(port, 'evil.example')).toEqual({ status: 403, body: '' });
    const other = await started({ CATALYST_AGENT_STATS_PORT: `${port}` });
    expect(other.agent.output).toContain('The local stats are off');
  });
});

async function pidOf(panel: FakePanel, agent: AgentProcess, serverId: string): Promise<number> {
  await killAndRestart(panel, agent);
  const pid = panel.snapshot?.find((server) => server.serverId === serverId)?.pid;
  expect(pid).toBeGreaterThan(1);
  return pid as number;
}

function runFolder(agent: AgentProcess, serverId: string): string {
  const record = JSON.parse(readFileSync(join(agent.folder.state, `server-${serverId}.json`), 'utf8'));
  return join(agent.folder.run, serverId, record.run.startId);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function get(port: number, host: string): Promise<{ status?: number; body: string }> {
  const sent = request({ port, host: '127.0.0.1', path: '/stats', headers: { host } }).end();
  const [response] = await once(sent, 'response');
  let body = '';
  for await (const chunk of response) body += chunk;
  return { status: response.statusCode, body };
}
