import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Pairing } from '@catalyst/shared/features/agent-link';
import { closedFolder } from '@catalyst/shared/node/closed-folder';
import { meetingPlaces } from '@catalyst/shared/node/data-dir';
import { lockHolder } from '@catalyst/shared/node/lock-holder';
import { isAlive, signalProcess } from '@catalyst/shared/node/process-identity';
import { writeFileAtomically } from '@catalyst/shared/node/write-file-atomically';
import type { Logger } from '../../logger.ts';
import { spawnAgent, trimLog } from './agent-process.ts';

export interface LocalAgentOptions {
  dataDir: string;
  /** The program and its arguments. */
  command: readonly [string, ...string[]];
  /** Of the panel; what is the panel's own business is not passed on. */
  environment: NodeJS.ProcessEnv;
  /** How the agent finds and knows this panel, with a fresh secret each time. */
  pair(): Promise<Pairing>;
  log: Logger;
  lookEveryMs?: number;
}

const firstBackoffMs = 250;
const maxBackoffMs = 30_000;
/** An agent that ran for so long did not fail to start. */
const steadyMs = 30_000;
const endTimeoutMs = 10_000;

/**
 * The agent of the panel's own machine: taken over when it runs, started when it does not, and started again when it
 * dies. It lives on when the panel is killed.
 */
export class LocalAgent {
  readonly #options: LocalAgentOptions;
  readonly #places: ReturnType<typeof meetingPlaces>;
  readonly #stop = new AbortController();
  #watching: Promise<void> = Promise.resolve();

  constructor(options: LocalAgentOptions) {
    this.#options = options;
    this.#places = meetingPlaces(options.dataDir);
  }

  /** Tells the agent, running or not, how to reach this panel, and sees from now on that one runs. */
  async start(): Promise<void> {
    mkdirSync(this.#places.agentFolder, { recursive: true, mode: 0o711 });
    await this.#warnOfClosedFolder();
    await this.#writeLink();
    this.#watching = this.#watch();
  }

  /** No longer looks after it; with `endAgent` it ends too, and its games run on. */
  async close({ endAgent: isEnding }: { endAgent: boolean }): Promise<void> {
    this.#stop.abort();
    await this.#watching;
    const agent = isEnding ? lockHolder(this.#places.agentLock) : null;
    if (!agent) return;
    signalProcess(agent, 'SIGTERM');
    const deadline = Date.now() + endTimeoutMs;
    while (isAlive(agent) && Date.now() < deadline) await delay(20);
    if (isAlive(agent)) this.#options.log.warn({ pid: agent.pid }, 'The local agent did not end in time');
  }

  async #watch(): Promise<void> {
    const { log, lookEveryMs = 1000 } = this.#options;
    let backoffMs = 0;
    while (!this.#stop.signal.aborted) {
      const agent = lockHolder(this.#places.agentLock);
      if (agent) {
        while (isAlive(agent) && (await this.#pause(lookEveryMs))) trimLog(this.#logPath);
        backoffMs = 0;
        continue;
      }
      if (!(await this.#pause(backoffMs))) return;
      const startedAt = Date.now();
      const end = await this.#runUntilEnd();
      if (this.#stop.signal.aborted) return;
      log.warn(
        { exitCode: end.code, signal: end.signal, log: this.#logPath },
        'The local agent ended; it is started again',
      );
      backoffMs = Date.now() - startedAt > steadyMs ? 0 : nextBackoff(backoffMs);
    }
  }

  /** Starts an agent and resolves when it has ended, or when we no longer look after it. */
  async #runUntilEnd(): Promise<Record<string, unknown>> {
    const { command, environment, dataDir, lookEveryMs = 1000 } = this.#options;
    const child = spawnAgent(command, agentEnvironment(environment, dataDir), this.#logPath);
    const ended = once(child, 'exit').then(
      ([code, signal]) => ({ code, signal }),
      (error: unknown) => ({ err: error }),
    );
    this.#options.log.info({ pid: child.pid }, 'Started the local agent');
    child.unref();
    for (;;) {
      const end = await Promise.race([ended, this.#pause(lookEveryMs)]);
      if (typeof end === 'object') return end;
      if (!end) return {};
      trimLog(this.#logPath);
    }
  }

  async #warnOfClosedFolder(): Promise<void> {
    const { dataDir, log } = this.#options;
    const path = await closedFolder(dataDir);
    if (path === null) return;
    log.warn(
      { path },
      `Game servers cannot start on this machine: they run as users of their own, and ${path} is closed to them. Run: chmod o+x '${path}', or choose another place with CATALYST_DATA_DIR`,
    );
  }

  async #writeLink(): Promise<void> {
    const pairing = await this.#options.pair();
    await writeFileAtomically(this.#places.agentLink, `${JSON.stringify(pairing)}\n`);
  }

  /** False when it was cut short. */
  async #pause(ms: number): Promise<boolean> {
    return delay(ms, true, { signal: this.#stop.signal }).catch(() => false);
  }

  get #logPath(): string {
    return join(this.#places.agentFolder, 'agent.log');
  }
}

const nextBackoff = (ms: number) => Math.min(maxBackoffMs, Math.max(firstBackoffMs, ms * 2));

const agentSettings = ['CATALYST_LOG_LEVEL', 'CATALYST_CONTAINERD_SOCKET', 'CATALYST_REGISTRY_NETWORKS'];

/** One heap for all threads, whose end is given back: else the allocator learns to keep megabytes on an idle machine. */
const thriftyAllocator = { MALLOC_ARENA_MAX: '1', MALLOC_TRIM_THRESHOLD_: '131072' };

/** The agent needs no key, database or password of the panel's, and hands nothing of them to games. */
function agentEnvironment(environment: NodeJS.ProcessEnv, dataDir: string): NodeJS.ProcessEnv {
  const passedOn = Object.entries(environment).filter(
    ([name]) =>
      !name.startsWith('CATALYST_') || name.startsWith('CATALYST_AGENT_') || agentSettings.includes(name),
  );
  return { ...Object.fromEntries(passedOn), CATALYST_DATA_DIR: dataDir, ...thriftyAllocator };
}
