import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { api } from '@catalyst/shared/api';
import { type ApiClient, createApiClient } from '@catalyst/shared/contract/client';

const root = fileURLToPath(new URL('..', import.meta.url));

export const admin = { email: 'admin@example.com', password: 'correct horse battery', name: 'admin' };

/** The built product on a data folder of its own: what `npm start` runs, without npm in between. */
export class Product {
  readonly dataDir: string;
  readonly environment: Record<string, string>;
  #panel: ChildProcess | undefined;
  #output = '';
  /** Chosen by the first start, kept by the next ones: open pages come back to it. */
  #port = '0';

  private constructor(dataDir: string, environment: Record<string, string>) {
    this.dataDir = dataDir;
    this.environment = environment;
  }

  static async create(environment: Record<string, string> = {}): Promise<Product> {
    const dataDir = await mkdtemp(join(tmpdir(), 'catalyst-e2e-'));
    // Servers run as users of their own and must be able to pass through.
    await chmod(dataDir, 0o711);
    return new Product(dataDir, environment);
  }

  /** Starts the panel (and by it the agent) and waits until it answers. */
  async start(): Promise<void> {
    this.#output = '';
    // With the engine's settings of scripts/run.js.
    const panel = spawn(
      process.execPath,
      ['--max-semi-space-size=2', join(root, 'panel-server', 'dist', 'main.js')],
      {
        env: {
          ...process.env,
          MALLOC_ARENA_MAX: '1',
          CATALYST_DATA_DIR: this.dataDir,
          CATALYST_PORT: this.#port,
          CATALYST_SFTP_PORT: '0',
          CATALYST_HOST: '127.0.0.1',
          CATALYST_AGENT_STATS_PORT: '0',
          CATALYST_AGENT_ENTRY: join(root, 'agent', 'dist', 'main.js'),
          CATALYST_INTERFACE_DIR: join(root, 'desktop', 'dist', 'renderer'),
          ...this.environment,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    const collect = (chunk: Buffer) => {
      this.#output += chunk.toString();
    };
    panel.stdout.on('data', collect);
    panel.stderr.on('data', collect);
    this.#panel = panel;
    await until('the panel is ready', async () => {
      if (panel.exitCode !== null)
        throw new Error(`The panel ended with ${panel.exitCode}:\n${this.#output}`);
      return (await fetch(`${await this.url()}/health`)).ok;
    });
    this.#port = new URL(await this.url()).port;
  }

  /** What the panel printed since its last start. */
  get output(): string {
    return this.#output;
  }

  get panelPid(): number {
    return this.#panel?.pid as number;
  }

  async agentPid(): Promise<number> {
    const lock = JSON.parse(await readFile(join(this.dataDir, 'agent', 'agent.lock'), 'utf8'));
    return lock.pid;
  }

  async url(): Promise<string> {
    const port = (await readFile(join(this.dataDir, 'run', 'port'), 'utf8')).trim();
    return `http://127.0.0.1:${port}`;
  }

  /** The address printed at the first start, with the one-time code. */
  async setupUrl(): Promise<string> {
    return (await readFile(join(this.dataDir, 'run', 'setup-url'), 'utf8')).trim();
  }

  /** A client signed in as the administrator, who must exist; by then this machine's agent is connected. */
  async adminClient(): Promise<ApiClient<typeof api> & { token: string }> {
    const baseUrl = await this.url();
    const { token } = await createApiClient(api, { baseUrl }).sessions.login({
      body: { email: admin.email, password: admin.password },
    });
    const client = createApiClient(api, { baseUrl, token: () => token });
    await until('the agent is connected', async () => {
      const { items } = await client.nodes.list();
      return items.some(({ local, status }) => local && status === 'online');
    });
    return Object.assign(client, { token });
  }

  /** Processes of games as the machine sees them, not as Catalyst says: those whose working folder is the server's. */
  async gamePids(serverId = ''): Promise<number[]> {
    const folder = join(this.dataDir, 'agent', 'servers', serverId);
    const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
    const folders = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => '')));
    return pids.filter((_, index) => folders[index]?.startsWith(folder)).map(Number);
  }

  /** SIGKILL, as a power cut of the process: nothing is tidied up. */
  async killPanel(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async killAgent(): Promise<void> {
    const pid = await this.agentPid();
    process.kill(pid, 'SIGKILL');
    await until('the agent is gone', () => !isAlive(pid));
  }

  /** Ends panel and agent as SIGTERM does. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** Ends everything, servers included, and removes the folder. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    const agent = await this.agentPid().catch(() => undefined);
    if (agent && isAlive(agent)) process.kill(agent, 'SIGKILL');
    for (const pid of await this.gamePids()) process.kill(pid, 'SIGKILL');
    await rm(this.dataDir, { recursive: true, force: true, maxRetries: 5 });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const panel = this.#panel;
    if (!panel || panel.exitCode !== null || panel.signalCode !== null) return;
    const ended = once(panel, 'exit');
    panel.kill(signal);
    await ended;
  }
}

/** Waits for a condition, asking again every 25 ms; an error counts as "not yet" and ends up in the message. */
export async function until(
  what: string,
  condition: () => Promise<boolean> | boolean,
  timeoutMs = 30_000,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  let last: unknown;
  while (Date.now() < deadline) {
    try {
      if (await condition()) return;
      last = undefined;
    } catch (error) {
      last = error;
    }
    await delay(25);
  }
  throw new Error(`Waited ${timeoutMs / 1000} s in vain until ${what}`, { cause: last });
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
