import { AppError } from '@catalyst/shared/contract/errors';
import type { AgentAction, ServerSnapshot } from '@catalyst/shared/features/agent-link';
import type { KeptAs } from '@catalyst/shared/features/kept-link';
import type { ServerSpec } from '@catalyst/shared/features/server-spec';
import type { RunningServer } from '../runtimes/runtime.ts';
import type { CommandLog } from './command-log.ts';
import { DiskWarning, enforceDiskLimit } from './disk-limit.ts';
import { GameKeeper } from './game-keeper.ts';
import type { OperationLog } from './operation-log.ts';
import { findRefusal } from './order-rules.ts';
import { Restarts } from './restarts.ts';
import type { ServerParts } from './server-parts.ts';
import type { OperationRecord } from './server-record.ts';
import { ServerRecovery, type ServerRecoveryOptions } from './server-recovery.ts';
import { ServerTasks, type ServerTasksOptions } from './server-tasks.ts';
import { TaskLine } from './task-line.ts';

export interface Order {
  operationId: string;
  action: AgentAction;
  /** For `remove`: also the files, which are kept otherwise. */
  wipe: boolean;
  keepAs?: KeptAs;
  /** For `install`: the files go before it begins. */
  wipeFirst?: true;
  deadlineMs: number;
}

type Removal = Pick<Order, 'wipe' | 'keepAs'>;

interface GameServerOptions
  extends Pick<ServerTasksOptions, 'tracePaths' | 'backupPath' | 'kept' | 'onInstallStep'>,
    Pick<ServerRecoveryOptions, 'inTurn'> {
  parts: ServerParts;
  operations: OperationLog;
  commands: CommandLog;
}

/** One server on this node: takes orders, carries them out one at a time, and restarts the game when it crashes. */
export class GameServer {
  readonly parts: ServerParts;
  readonly operations: OperationLog;
  readonly #line: TaskLine;
  readonly #game: GameKeeper;
  readonly #restarts: Restarts;
  readonly #tasks: ServerTasks;
  readonly #recovery: ServerRecovery;
  readonly #commands: CommandLog;
  readonly #diskWarning = new DiskWarning();
  #isClosed = false;

  constructor({ parts, operations, commands, ...options }: GameServerOptions) {
    this.parts = parts;
    this.operations = operations;
    this.#commands = commands;
    this.#restarts = new Restarts(parts, () => this.#restart());
    this.#game = new GameKeeper(parts, (ending) => this.#restarts.judge(ending));
    const inner = { ...options, parts, game: this.#game, restarts: this.#restarts };
    this.#tasks = new ServerTasks(inner);
    this.#recovery = new ServerRecovery({ ...inner, tasks: this.#tasks });
    this.#line = new TaskLine(
      (operation, error) => operations.finish(operation, error),
      (kind, err) => parts.log.error({ err, serverId: this.id, kind }, 'An action on a server failed'),
    );
  }

  get id(): string {
    return this.parts.file.record.spec.serverId;
  }

  get running(): RunningServer | null {
    return this.#game.running;
  }

  /** Nothing is left of it but news for the panel. */
  get isRemoved(): boolean {
    return this.parts.file.record.removal?.isDone ?? false;
  }

  /** Before anything else. Resolves when its state is what really is. */
  async recover(): Promise<void> {
    const { console, file } = this.parts;
    await console.open();
    await this.#commands.open();
    this.#maskSecrets();
    await this.#begin('recover', this.operations.pending, (task) => this.#recovery.recover(task)).done;
    if (file.record.state === 'crashed' && this.#line.current === null) this.#restarts.resume();
  }

  /** Keeps a newer spec; it takes effect at the next start, limits at once where the runtime can. */
  async apply(spec: ServerSpec): Promise<number> {
    const { file, folder, state } = this.parts;
    const { record } = file;
    if (record.removal) throw new AppError('not_found', 'This server is being removed');
    if (spec.revision <= record.spec.revision) return record.spec.revision;
    if (spec.runtime !== record.spec.runtime) {
      throw new AppError('conflict', 'A server cannot change its runtime; move or create it anew');
    }
    record.spec = spec;
    this.#maskSecrets();
    folder.updateLimit();
    await file.save();
    if (this.running) await enforceDiskLimit(this.parts, { isRunning: true });
    await this.running?.setLimits(spec.limits).catch((error: unknown) => {
      if (!(error instanceof AppError)) throw error;
    });
    if (spec.suspended && state.current !== 'suspended') {
      record.desired = 'stopped';
      this.#enterStopping();
      this.#begin('suspend', [], (task) => this.#tasks.suspend(task));
    }
    if (!spec.suspended && state.current === 'suspended') state.enter('stopped', 'panel');
    return spec.revision;
  }

  /**
   * Takes an order, or throws why it cannot; how it ends is told by the operation. The same id never acts twice.
   * Resolves when an agent that is killed now will still know of it.
   */
  async take({ operationId, action, deadlineMs, wipe, keepAs, wipeFirst }: Order): Promise<void> {
    const known = this.operations.find(operationId);
    if (known) {
      this.operations.tellAgain(known);
      return;
    }
    const refusal = findRefusal(this.parts.file.record, action);
    if (refusal) throw refusal;
    const isWiping = action === 'install' && wipeFirst;
    const operation = this.operations.begin(
      operationId,
      action,
      deadlineMs,
      isWiping ? { wipeFirst: true } : {},
    );
    this.#orders[action]([operation], { wipe, ...(keepAs && { keepAs }) });
    // A full disk keeps the order from being remembered, not from being carried out.
    await this.parts.file.save().catch(() => {});
  }

  readonly #orders: Record<AgentAction, (operations: OperationRecord[], removal: Removal) => void> = {
    start: (operations) => {
      this.parts.file.record.desired = 'running';
      this.#restarts.forget();
      this.parts.state.enter('starting', 'panel');
      this.#begin('start', operations, (task) => this.#tasks.start(task, { isOrdered: true }));
    },
    stop: (operations) => {
      this.parts.file.record.desired = 'stopped';
      if (this.parts.state.current === 'crashed') this.parts.state.enter('stopped', 'panel');
      this.#enterStopping();
      this.#begin('stop', operations, (task) => this.#tasks.stop(task));
    },
    restart: (operations) => {
      this.parts.file.record.desired = 'running';
      this.#restarts.forget();
      this.#enterStopping();
      this.#begin('restart', operations, (task) => this.#tasks.restart(task));
    },
    kill: (operations) => {
      this.parts.file.record.desired = 'stopped';
      const { current } = this.#line;
      if (current?.kind === 'kill') {
        current.operations.push(...operations);
        return;
      }
      this.#enterStopping();
      this.#begin('kill', operations, () => this.#tasks.kill());
    },
    install: (operations) => {
      this.parts.state.enter('installing', 'panel');
      this.#begin('install', operations, (task) => this.#tasks.install(task));
    },
    remove: (operations, removal) => {
      Object.assign(this.parts.file.record, {
        desired: 'stopped',
        removal: { ...removal, isDone: false },
      });
      this.#enterStopping();
      this.#begin('remove', operations, () => this.#tasks.remove());
    },
  };

  /** Gives one line to the game; resolves to the number of its echo. */
  async input(operationId: string, command: string): Promise<number> {
    if (this.parts.file.record.spec.suspended) throw new AppError('suspended', 'This server is suspended');
    return this.#commands.once(operationId, async (note) => {
      const { running } = this;
      if (!running) throw new AppError('not_running', 'The server is not running');
      await note();
      await running.write(Buffer.from(`${command}\n`));
      return this.parts.console.append('stdin', command);
    });
  }

  /** What its folder was found to take. */
  noteDiskUse(usedBytes: number): void {
    const { file, say } = this.parts;
    if (this.running) this.#diskWarning.note(usedBytes, file.record.spec.limits.diskMb, say);
  }

  resetCrashCount(): void {
    this.#restarts.forget();
    this.parts.file.record.crashCount = 0;
    this.parts.state.announce();
  }

  snapshot(): ServerSnapshot {
    const { file, state, console } = this.parts;
    return {
      ...state.report(),
      revision: file.record.spec.revision,
      pid: this.running?.pid ?? null,
      lastSeq: console.lastSeq,
      lastEventId: file.record.lastEventId,
    };
  }

  /** Lets go of everything; the game runs on. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#restarts.cancel();
    this.#game.release();
    const { console, folder, file } = this.parts;
    await console.close();
    await folder.close();
    await file.save().catch(() => {});
  }

  #restart(): void {
    const { state } = this.parts;
    if (this.#isClosed || state.current !== 'crashed') return;
    state.enter('starting', 'agent');
    this.#restarts.count();
    this.#begin('start', [], (task) => this.#tasks.start(task, { isOrdered: false }));
  }

  #begin(...task: Parameters<TaskLine['begin']>): ReturnType<TaskLine['begin']> {
    this.#restarts.cancel();
    return this.#line.begin(...task);
  }

  /** From here on the game's end is wanted. */
  #enterStopping(): void {
    const { state } = this.parts;
    this.#game.expectEnd();
    if (state.current === 'starting' || state.current === 'running') state.enter('stopping', 'panel');
  }

  #maskSecrets(): void {
    const { environment, secretNames } = this.parts.file.record.spec;
    this.parts.console.setSecrets(secretNames.flatMap((name) => environment[name] ?? []));
  }
}
