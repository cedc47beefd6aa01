import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { SuiteAgentOrders } from './suite-agent.ts';

/** Runs suite-agent.ts as a process of its own. */
export class SuiteAgentProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #text = '';

  constructor(orders: SuiteAgentOrders) {
    const script = fileURLToPath(new URL('./suite-agent.ts', import.meta.url));
    this.#child = spawn(process.execPath, [script, JSON.stringify(orders)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#ended = once(this.#child, 'close');
    this.#child.stdout?.on('data', (chunk) => {
      this.#text += chunk;
    });
  }

  /** The pid of the game; null when the agent ended before it ran. */
  async startedOrEnded(): Promise<number | null> {
    for (;;) {
      const pid = /^started (\d+) /m.exec(this.#text)?.[1];
      if (pid !== undefined) return Number(pid);
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) return null;
      if (this.#child.stdout) await Promise.race([once(this.#child.stdout, 'data'), this.#ended]);
    }
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }
}
