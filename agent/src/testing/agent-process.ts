import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LinkState } from '@catalyst/shared/features/agent-link';
import { onTestFinished, vi } from 'vitest';
import { cgroupPrefixOf } from '../agent.ts';
import { DataFolder, prepareDataFolder } from '../data-folder.ts';
import { ProcessRuntime } from '../runtimes/process-runtime.ts';
import { temporaryFolder } from './temporary-folder.ts';

const main = fileURLToPath(new URL('../main.ts', import.meta.url));

/** The agent as a program of its own, to be killed as nothing else can be. Its games end with the test. */
export class AgentProcess {
  readonly dataDir = temporaryFolder();
  readonly folder = new DataFolder(this.dataDir);
  readonly #environment: Record<string, string>;
  #child: ChildProcess | null = null;
  output = '';

  private constructor(environment: Record<string, string>) {
    this.#environment = environment;
  }

  static async start(link: LinkState, environment: Record<string, string> = {}): Promise<AgentProcess> {
    const agent = new AgentProcess(environment);
    await prepareDataFolder(agent.folder);
    writeFileSync(agent.folder.link, JSON.stringify(link), { mode: 0o600 });
    onTestFinished(() => agent.#end());
    agent.start();
    return agent;
  }

  start(): ChildProcess {
    const child = spawn(process.execPath, [main], {
      env: {
        PATH: process.env.PATH,
        CATALYST_DATA_DIR: this.dataDir,
        CATALYST_AGENT_STATS_PORT: '0',
        ...this.#environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const collect = (chunk: Buffer) => {
      this.output += chunk.toString();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    this.#child = child;
    return child;
  }

  get pid(): number {
    return this.#child?.pid as number;
  }

  /** Ends it and waits until it is gone; the exit code, null when it was killed. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const ended = once(child, 'exit');
    child.kill(signal);
    const [code] = await ended;
    return code;
  }

  async #end(): Promise<void> {
    await this.end('SIGKILL');
    const prefix = cgroupPrefixOf(this.folder);
    const runtime = new ProcessRuntime({ runRoot: this.folder.run, cgroupPrefix: prefix });
    for (const serverId of readdirSync(this.folder.run)) {
      for (const startId of readdirSync(join(this.folder.run, serverId))) {
        const found = await runtime.recover(serverId, startId);
        if (found && 'exited' in found) await found.kill();
        await runtime.remove(serverId, startId);
      }
    }
    for (const group of globSync(`/sys/fs/cgroup/{,*/}${prefix}`)) rmdirSync(group);
  }
}

/** Whether a process runs; one that only waits for its parent to look does not. */
export function isProcessAlive(pid: number): boolean {
  const path = `/proc/${pid}/stat`;
  return existsSync(path) && !/\) [ZX] /.test(readFileSync(path, 'utf8'));
}

export async function processIsGone(pid: number): Promise<void> {
  await vi.waitFor(() => {
    if (isProcessAlive(pid)) throw new Error(`Process ${pid} still runs`);
  }, 10_000);
}
