import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockHolder } from '@catalyst/shared/node/lock-holder';
import { isAlive } from '@catalyst/shared/node/process-identity';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLogger } from '../../logger.ts';
import { LocalAgent } from './local-agent.ts';

/** Behaves as an agent does: takes the lock, says what it was given, ends when asked. */
const program = `
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
const folder = join(process.env.CATALYST_DATA_DIR, 'agent');
const lock = join(folder, 'agent.lock');
if (existsSync(join(folder, 'broken'))) process.exit(3);
const stat = readFileSync('/proc/self/stat', 'utf8');
const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
writeFileSync(join(folder, 'environment.json'), JSON.stringify({ ...process.env, session: fields[3] }));
writeFileSync(lock, JSON.stringify({ pid: process.pid, startTime: fields[19] }));
console.error('The agent starts');
process.on('SIGTERM', () => { rmSync(lock); process.exit(0); });
setInterval(() => {}, 1000);
`;

describe.skipIf(process.platform !== 'linux')(
  'the agent of this machine (skipped but on Linux, where processes show when they began)',
  () => {
    let dataDir: string;
    const agents: LocalAgent[] = [];
    const logged: string[] = [];
    const folder = () => join(dataDir, 'agent');
    const running = () => lockHolder(join(folder(), 'agent.lock'));
    const whenRunning = () =>
      vi.waitFor(() => {
        const agent = running();
        if (!agent) throw new Error('No agent runs');
        return agent;
      });

    const whenReplaced = ({ pid }: { pid: number }) =>
      vi.waitFor(() => expect([null, pid, undefined]).not.toContain(running()?.pid), { timeout: 5000 });

    beforeEach(async () => {
      dataDir = await mkdtemp(join(tmpdir(), 'catalyst-local-agent-'));
      await writeFile(join(dataDir, 'agent.mjs'), program);
    });
    afterEach(async () => {
      for (const agent of agents.splice(0)) await agent.close({ endAgent: true });
      await rm(dataDir, { recursive: true, force: true });
    });

    let secrets = 0;
    const nextSecret = () => {
      secrets += 1;
      return `secret ${secrets}`;
    };
    function localAgent(environment: NodeJS.ProcessEnv = {}): LocalAgent {
      const agent = new LocalAgent({
        dataDir,
        command: [process.execPath, join(dataDir, 'agent.mjs')],
        environment: { PATH: process.env.PATH, ...environment },
        pair: async () => ({
          panelUrl: 'http://127.0.0.1:3000',
          nodeId: 'node',
          panelKey: 'key',
          tlsPin: null,
          secret: nextSecret(),
        }),
        log: createLogger('info', { write: (line) => void logged.push(line) }),
        lookEveryMs: 20,
      });
      agents.push(agent);
      return agent;
    }

    it('is told where the panel is by a file that only its owner can read', async () => {
      await localAgent().start();
      await whenRunning();
      const path = join(folder(), 'link.json');
      expect((await stat(path)).mode & 0o777).toBe(0o600);
      expect((await stat(folder())).mode & 0o777).toBe(0o711);
      expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({
        panelUrl: 'http://127.0.0.1:3000',
        nodeId: 'node',
        panelKey: 'key',
        tlsPin: null,
        secret: `secret ${secrets}`,
      });
    });

    it('runs in a session of its own, writes to its log, and inherits no secret of the panel', async () => {
      await localAgent({
        CATALYST_ADMIN_PASSWORD: 'hunter22',
        CATALYST_DATABASE_URL: 'postgres://x',
        CATALYST_AGENT_STATS_PORT: '0',
        CATALYST_LOG_LEVEL: 'warn',
        CATALYST_REGISTRY_NETWORKS: '10.0.0.0/8',
      }).start();
      const { pid } = await whenRunning();
      const environment = JSON.parse(await readFile(join(folder(), 'environment.json'), 'utf8'));
      expect(environment.session).toBe(String(pid));
      expect(environment).toMatchObject({
        CATALYST_DATA_DIR: dataDir,
        CATALYST_AGENT_STATS_PORT: '0',
        CATALYST_LOG_LEVEL: 'warn',
        CATALYST_REGISTRY_NETWORKS: '10.0.0.0/8',
      });
      expect(JSON.stringify(environment)).not.toMatch(/hunter22|postgres:/);
      await vi.waitFor(async () =>
        expect(await readFile(join(folder(), 'agent.log'), 'utf8')).toContain('The agent starts'),
      );
    });

    it('is taken over, not doubled, by the next panel', async () => {
      const first = localAgent();
      await first.start();
      const agent = await whenRunning();
      // As a panel that was killed leaves it.
      await first.close({ endAgent: false });
      expect(isAlive(agent)).toBe(true);
      await localAgent().start();
      expect(JSON.parse(await readFile(join(folder(), 'link.json'), 'utf8')).secret).toBe(
        `secret ${secrets}`,
      );
      process.kill(agent.pid, 0);
      expect(running()).toEqual(agent);
    });

    it('is started again when it dies', async () => {
      await localAgent().start();
      const first = await whenRunning();
      process.kill(first.pid, 'SIGKILL');
      await whenReplaced(first);
    });

    it('is started again when one that was taken over dies', async () => {
      const first = localAgent();
      await first.start();
      const agent = await whenRunning();
      await first.close({ endAgent: false });
      await localAgent().start();
      process.kill(agent.pid, 'SIGKILL');
      await whenReplaced(agent);
    });

    it('is not mistaken for another process with its number', async () => {
      await localAgent().start();
      const agent = await whenRunning();
      expect(isAlive({ ...agent, startTime: '1' })).toBe(false);
      expect(isAlive({ pid: process.pid, startTime: agent.startTime })).toBe(false);
    });

    it.runIf(process.getuid?.() === 0)(
      'is told of with a warning when its servers could not get to their folders (skipped unless root, whose servers are other users)',
      async () => {
        await chmod(dataDir, 0o700);
        await localAgent().start();
        expect(logged.join('')).toContain(`chmod o+x '${dataDir}'`);
        logged.length = 0;
        await chmod(dataDir, 0o711);
        await localAgent().start();
        expect(logged.join('')).not.toContain('chmod');
      },
    );

    it('that cannot start is tried again, and no more once the panel ends', async () => {
      const agent = localAgent();
      const attempts = join(dataDir, 'attempts');
      await writeFile(
        join(dataDir, 'agent.mjs'),
        `import { appendFileSync } from 'node:fs'; appendFileSync(${JSON.stringify(attempts)}, 'x'); process.exit(3);`,
      );
      await agent.start();
      await vi.waitFor(async () => expect((await readFile(attempts, 'utf8')).length).toBeGreaterThan(2), {
        timeout: 8000,
      });
      await agent.close({ endAgent: true });
      const { length } = await readFile(attempts, 'utf8');
      expect(running()).toBeNull();
      expect((await readFile(attempts, 'utf8')).length).toBe(length);
    });

    it('ends when the panel is asked to end', async () => {
      const agent = localAgent();
      await agent.start();
      const found = await whenRunning();
      await agent.close({ endAgent: true });
      expect(isAlive(found)).toBe(false);
    });
  },
);
