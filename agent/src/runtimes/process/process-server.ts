import { statSync } from 'node:fs';
import { AppError } from '@catalyst/shared/contract/errors';
import type { Limits } from '@catalyst/shared/features/server-spec';
import { isAlive, signalProcess } from '@catalyst/shared/node/process-identity';
import { killCgroup, type ServerCgroup } from '../cgroups/cgroup.ts';
import type { RunFolder } from '../run-folder.ts';
import type { Exit, RunningServer, Usage } from '../runtime.ts';
import { type ChangeWatch, watchForChange } from './change-watch.ts';
import { type ExitRecord, readExitRecord } from './exit-record.ts';
import { FifoInput } from './fifo-input.ts';
import type { StartedHolder } from './holder-start.ts';
import { killTree, treeUsage } from './process-tree.ts';
import { exitDraft } from './run-state.ts';
import { SocketInput } from './socket-input.ts';
import { closedInput, type StandardInput } from './standard-input.ts';

/** How long a holder may take to write the exit and leave once the game is dead. */
const holderGraceMs = 2000;

export interface ProcessServerParts extends StartedHolder {
  serverId: string;
  startId: string;
  folder: RunFolder;
  startedAt: Date;
  ownUid: number | null;
  group: ServerCgroup | null;
  /** Hears of what kept the rest of a server from being killed. */
  logger: { warn(fields: object, message: string): void } | undefined;
}

/** A game under its holder, whether this agent started it or an earlier one. */
export class ProcessServer implements RunningServer {
  readonly serverId: string;
  readonly startId: string;
  readonly pid: number | null;
  readonly startedAt: Date;
  readonly exited: Promise<Exit>;
  readonly #parts: ProcessServerParts;
  readonly #input: StandardInput;
  readonly #watch: ChangeWatch;
  readonly #settle: (exit: Exit) => void;
  #hasEnded = false;
  #isReleased = false;
  #isKilled = false;

  constructor(parts: ProcessServerParts) {
    const { promise, resolve } = Promise.withResolvers<Exit>();
    this.serverId = parts.serverId;
    this.startId = parts.startId;
    this.pid = parts.game?.pid ?? null;
    this.startedAt = parts.startedAt;
    this.exited = promise;
    this.#settle = resolve;
    this.#parts = parts;
    this.#input = parts.stdinPath ? new SocketInput(parts.stdinPath) : new FifoInput(parts.folder.stdin);
    this.#watch = watchForChange(exitDraft(parts.folder), () => this.look());
    this.look();
  }

  /** True from the moment the end of the main process is known; `exited` settles when the rest is gone, too. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Sees whether the game has ended. */
  look(): void {
    if (this.#hasEnded || this.#isReleased) return;
    // Asked first, so that an exit written with the last breath is read.
    const holderIsGone = !isAlive(this.#parts.holder);
    const exit = readExitRecord(this.#parts.folder);
    if (!exit && !holderIsGone) return;
    this.#hasEnded = true;
    this.release();
    void this.#finish(exit);
  }

  async write(data: Uint8Array): Promise<void> {
    if (this.#hasEnded || this.#isReleased) throw closedInput();
    await this.#input.write(data);
  }

  async signal(signal: NodeJS.Signals): Promise<void> {
    if (this.#parts.game) signalProcess(this.#parts.game, signal);
  }

  async kill(): Promise<void> {
    this.#isKilled = true;
    await this.#killAll();
    await this.#holderGone();
    this.look();
    if (this.#hasEnded) await this.exited;
  }

  async usage(): Promise<Usage> {
    if (this.#parts.group) return this.#parts.group.usage();
    return treeUsage(this.#tree());
  }

  async setLimits(limits: Limits): Promise<void> {
    if (!this.#parts.group) {
      throw new AppError('unavailable', 'Limits cannot be changed here: there are no control groups');
    }
    this.#parts.group.setLimits(limits);
  }

  /** A process has no terminal. */
  async resize(): Promise<void> {}

  release(): void {
    this.#isReleased = true;
    this.#watch.close();
    this.#input.close();
  }

  async #finish(exit: ExitRecord | null): Promise<void> {
    try {
      await this.#killAll();
      await this.#holderGone();
    } catch (err) {
      const { serverId, startId } = this;
      this.#parts.logger?.warn({ err, serverId, startId }, 'The rest of a server could not be killed');
    } finally {
      const { code, signal, at } = exit ?? {
        code: null,
        signal: null,
        at: lastSignOfLife(this.#parts.folder),
      };
      this.#settle({ code, signal, at, outOfMemory: this.#ranOutOfMemory(code, signal) });
    }
  }

  /** The kernel may kill a child and the main process then fail because of it; one that ends well did not mind. */
  #ranOutOfMemory(code: number | null, signal: string | null): boolean {
    if (this.#isKilled || (signal !== 'SIGKILL' && (signal !== null || code === 0))) return false;
    return (this.#parts.group?.oomKills() ?? 0) > 0;
  }

  #killAll(): Promise<void> {
    return this.#parts.group ? killCgroup(this.#parts.group) : killTree(this.#tree());
  }

  #tree() {
    const { holder, game, ownUid, folder } = this.#parts;
    return { holder, game, ownUid, folder };
  }

  async #holderGone(): Promise<void> {
    const killAt = performance.now() + holderGraceMs;
    while (isAlive(this.#parts.holder)) {
      if (performance.now() > killAt) signalProcess(this.#parts.holder, 'SIGKILL');
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
}

/** The best guess at when a server died that could not say so. */
export function lastSignOfLife(folder: RunFolder): Date {
  const times = [folder.state, folder.stdout, folder.stderr].map(
    (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0,
  );
  return new Date(Math.max(...times));
}
