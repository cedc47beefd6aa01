import { once } from 'node:events';
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { cgroupPrefixOf } from './agent.ts';
import { isProcessAlive } from './testing/agent-process.ts';
import { describeUnless, noPosix } from './testing/describe-unless.ts';
import { counting, gameSpec, isLinuxRoot, node, pidOf, started, texts } from './testing/real-games.ts';
import { finished, order, runServer } from './testing/test-agent.ts';

describeUnless(noPosix, 'an agent', () => {
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

  it('gives its control groups back when it ends without a game', async () => {
    const { panel, agent } = await started();
    const id = await runServer(panel, gameSpec(counting));
    const groups = () => globSync(`/sys/fs/cgroup/{,*/}${cgroupPrefixOf(agent.folder)}`);
    if (isLinuxRoot) expect(groups()).not.toEqual([]);
    expect(await finished(panel, await order(panel, id, 'kill'))).toBeNull();
    expect(await agent.end('SIGTERM')).toBe(0);
    expect(groups()).toEqual([]);
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

  it('keeps servers from each other and from its own secrets', async ({ skip }) => {
    skip(!isLinuxRoot, 'needs root on Linux, where servers have users of their own');
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
