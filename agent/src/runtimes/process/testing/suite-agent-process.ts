import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { RuntimeReport } from '../../runtime.ts';
import type { SuiteAgentOrders } from './suite-agent.ts';

/** Runs suite-agent.ts as a process of its own, which may be killed at any moment. */
export class SuiteAgentProcess {
  readonly #child: ChildProcess;
  #text = '';

  constructor(orders: SuiteAgentOrders, options: SpawnOptions = {}) {
    const script = fileURLToPath(new URL('./suite-agent.ts', import.meta.url));
    this.#child = spawn(process.execPath, [script, JSON.stringify(orders)], {
      stdio: ['ignore', 'pipe', 'inherit'],
      ...options,
    });
    this.#child.stdout?.on('data', (chunk) => {
      this.#text += chunk;
    });
  }

  async report(): Promise<RuntimeReport> {
    return JSON.parse(await this.#said(/^report (.*)\n/m));
  }

  /** Resolves right before `start` is called. */
  async starting(): Promise<void> {
    await this.#said(/^(starting)\n/m);
  }

  /** The pid of the game. */
  async started(): Promise<number> {
    return Number(await this.#said(/^started (\d+)\n/m));
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }

  async #said(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = pattern.exec(this.#text)?.[1];
      if (found !== undefined) return found;
      if (!this.#child.stdout || this.#child.stdout.readableEnded) throw new Error('The agent ended');
      await Promise.race([once(this.#child.stdout, 'data'), once(this.#child.stdout, 'end')]);
    }
  }
}
