import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { PeerOrder } from './peer-process.ts';

const program = fileURLToPath(new URL('./peer-process.ts', import.meta.url));

/** A program inside a network namespace (null: in the machine's own) that listens and dials as told. */
export class Peer {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (answer: { text?: string; error?: string }) => void>();
  #lastId = 0;

  constructor(namespacePath: string | null) {
    const [command, ...args] = namespacePath
      ? ['ip', 'netns', 'exec', basename(namespacePath), process.execPath, program]
      : [process.execPath, program];
    this.#child = spawn(command as string, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#child.on('message', ({ id, ...answer }: { id: number }) => this.#waiting.get(id)?.(answer));
    onTestFinished(() => this.end());
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  async listen(protocol: 'tcp' | 'udp', port: number, label: string, host?: string): Promise<void> {
    await this.#order({ kind: 'listen', protocol, port, label, ...(host && { host }) });
  }

  /** What the other side answered, `timeout`, or the code of the error. */
  dial(
    protocol: 'tcp' | 'udp',
    host: string,
    port: number,
    localPort?: number,
    timeoutMs?: number,
  ): Promise<string> {
    return this.#order({
      kind: 'dial',
      protocol,
      host,
      port,
      ...(localPort && { localPort }),
      ...(timeoutMs && { timeoutMs }),
    });
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }

  #order(order: PeerOrder): Promise<string> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ text, error }) => {
        if (error === undefined) resolve(text as string);
        else reject(new Error(`The peer failed to ${order.kind}: ${error}`));
      });
      this.#child.send({ id, order });
    });
  }
}
