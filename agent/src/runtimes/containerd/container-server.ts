import { AppError } from '@catalyst/shared/contract/errors';
import type { Limits } from '@catalyst/shared/features/server-spec';
import { isAlive, type ProcessIdentity, signalProcess } from '@catalyst/shared/node/process-identity';
import { killCgroup, type ServerCgroup } from '../cgroups/cgroup.ts';
import { parseExit } from '../process/exit-record.ts';
import { FifoInput } from '../process/fifo-input.ts';
import { lastSignOfLife } from '../process/process-server.ts';
import { closedInput } from '../process/standard-input.ts';
import type { RunFolder } from '../run-folder.ts';
import { type Exit, type RunningServer, type Usage, unknownUsage } from '../runtime.ts';
import { tasksApi } from './api/tasks.ts';
import { deleteEndedTask, ifThere } from './container-removal.ts';
import { type ContainerState, writeExit } from './container-state.ts';
import type { ContainerdClient } from './containerd-client.ts';
import { hasInput, signalFirstProcess } from './first-process.ts';
import { networkCounters } from './network-counters.ts';
import { type EndedTask, howItEnded } from './task-end.ts';
import type { TaskListener, TaskWatch } from './task-watch.ts';

export interface ContainerServerParts
  extends Pick<ContainerState, 'startedAt' | 'hasTerminal' | 'carriedBefore'> {
  serverId: string;
  startId: string;
  containerId: string;
  folder: RunFolder;
  main: ProcessIdentity;
  group: ServerCgroup | null;
  client: ContainerdClient;
  watch: TaskWatch;
  logger: { warn(fields: object, message: string): void } | undefined;
}

/**
 * A game in its container, whether this agent started it or an earlier one. Only its exit code and its terminal need
 * containerd: all else goes to the kernel directly and works while containerd is away.
 */
export class ContainerServer implements RunningServer, TaskListener {
  readonly serverId: string;
  readonly startId: string;
  readonly containerId: string;
  readonly pid: number;
  readonly startedAt: Date;
  readonly exited: Promise<Exit>;
  readonly #parts: ContainerServerParts;
  readonly #input: FifoInput;
  readonly #settle: (exit: Exit) => void;
  #hasEnded = false;
  #isReleased = false;
  #isKilled = false;
  #sawOutOfMemory = false;
  /** What ended it in the place of SIGKILL. */
  #askedToEndBy: NodeJS.Signals | null = null;

  constructor(parts: ContainerServerParts) {
    const { promise, resolve } = Promise.withResolvers<Exit>();
    this.serverId = parts.serverId;
    this.startId = parts.startId;
    this.containerId = parts.containerId;
    this.pid = parts.main.pid;
    this.startedAt = parts.startedAt;
    this.exited = promise;
    this.#settle = resolve;
    this.#parts = parts;
    this.#input = new FifoInput(parts.folder.stdin);
    parts.watch.add(this);
  }

  ended({ status, at }: EndedTask): void {
    this.#end({ status, at });
  }

  ranOutOfMemory(): void {
    this.#sawOutOfMemory = true;
  }

  look(): void {
    if (!isAlive(this.#parts.main)) this.#end(null);
  }

  async write(data: Uint8Array): Promise<void> {
    if (this.#hasEnded || this.#isReleased) throw closedInput();
    try {
      await this.#input.write(data);
    } catch (error) {
      // containerd keeps both ends of the pipe that the game has closed, and lets it fill up.
      throw hasInput(this.#parts.main) ? error : closedInput(error);
    }
  }

  async signal(signal: NodeJS.Signals): Promise<void> {
    if (signalFirstProcess(this.#parts.main, signal)) this.#askedToEndBy ??= signal;
  }

  async kill(): Promise<void> {
    this.#isKilled = true;
    await this.#killAll();
    if (this.#isReleased) return;
    this.look();
    await this.exited;
  }

  async usage(): Promise<Usage> {
    const { group, carriedBefore } = this.#parts;
    const usage = group?.usage() ?? unknownUsage;
    const carried = carriedBefore && networkCounters(this.pid);
    if (!carried) return usage;
    return {
      ...usage,
      networkReceivedBytes: Math.max(0, carried.receivedBytes - carriedBefore.receivedBytes),
      networkSentBytes: Math.max(0, carried.sentBytes - carriedBefore.sentBytes),
    };
  }

  async setLimits(limits: Limits): Promise<void> {
    if (!this.#parts.group) {
      throw new AppError('unavailable', 'Limits cannot be changed here: there are no control groups');
    }
    this.#parts.group.setLimits(limits);
  }

  async resize(columns: number, rows: number): Promise<void> {
    const { client, containerId, hasTerminal } = this.#parts;
    if (!hasTerminal || this.#hasEnded) return;
    await ifThere(client.call(tasksApi.resizePty, { containerId, width: columns, height: rows }));
  }

  release(): void {
    this.#isReleased = true;
    this.#parts.watch.remove(this);
    this.#input.close();
  }

  #end(told: EndedTask | null): void {
    if (this.#hasEnded || this.#isReleased) return;
    this.#hasEnded = true;
    this.#parts.watch.remove(this);
    this.#input.close();
    void this.#finish(told);
  }

  async #finish(told: EndedTask | null): Promise<void> {
    const { client, containerId, folder, serverId, startId, logger } = this.#parts;
    let exit: Exit = { code: null, signal: null, outOfMemory: false, at: lastSignOfLife(folder) };
    try {
      const end = told ?? (await howItEnded(client, containerId));
      // Its numbers are gone with the task.
      const outOfMemory = this.#sawOutOfMemory || (this.#parts.group?.oomKills() ?? 0) > 0;
      if (end) exit = this.#toExit(end, outOfMemory);
      writeExit(folder, exit);
      await this.#killAll();
      await deleteEndedTask(client, containerId);
    } catch (err) {
      logger?.warn({ err, serverId, startId }, 'What is left of a server could not be tidied up yet');
    } finally {
      this.#settle(exit);
    }
  }

  /** The kernel may kill a part and the main process then fail because of it; one that ends well did not mind. */
  #toExit({ status, at }: EndedTask, sawOutOfMemory: boolean): Exit {
    const { code, signal } = parseExit(`${status}`);
    const isVictim = signal === 'SIGKILL' || (signal === null && code !== 0);
    const isAsked = signal === 'SIGKILL' && this.#askedToEndBy !== null && !this.#isKilled;
    return {
      code,
      signal: isAsked ? this.#askedToEndBy : signal,
      outOfMemory: sawOutOfMemory && isVictim && !this.#isKilled && !isAsked,
      at,
    };
  }

  /** The end of the first process ends all others; the group is for what the kernel has not got round to. */
  async #killAll(): Promise<void> {
    signalProcess(this.#parts.main, 'SIGKILL');
    if (this.#parts.group) await killCgroup(this.#parts.group);
  }
}
