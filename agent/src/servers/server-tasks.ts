import { rm } from 'node:fs/promises';
import { AppError } from '@catalyst/shared/contract/errors';
import { bootId } from '../runtimes/process/process-identity.ts';
import type { Exit, RunningServer } from '../runtimes/runtime.ts';
import { reasonOfExit } from './end-of-run.ts';
import type { GameKeeper } from './game-keeper.ts';
import { runInstallation } from './installer.ts';
import { networkSettings } from './network-settings.ts';
import type { Restarts } from './restarts.ts';
import { serverEnvironment } from './server-environment.ts';
import type { ServerParts } from './server-parts.ts';
import type { RunRecord } from './server-record.ts';
import { StartFailure } from './start-checks.ts';
import type { Task } from './task-line.ts';

export interface ServerTasksOptions {
  parts: ServerParts;
  game: GameKeeper;
  restarts: Restarts;
  /** Folders of this server beside its files: run folders, history, backups. */
  dataPaths: readonly string[];
  onInstallStep(progress: { step: number; totalSteps: number; label: string }): void;
  /** A start that nobody waits for: not all servers of a node at once. */
  inTurn(signal: AbortSignal, work: () => Promise<void>): Promise<void>;
}

/** A full disk must not keep a server from being stopped. */
const savePatienceMs = 1000;

/** What is done on one server, each as one task: from the state its order was taken in to the state it ends in. */
export class ServerTasks {
  readonly #options: ServerTasksOptions;

  constructor(options: ServerTasksOptions) {
    this.#options = options;
  }

  /** From `starting`. `isOrdered`: somebody waits for it, so a start that fails is not tried again. */
  async start(task: Task, { isOrdered }: { isOrdered: boolean }): Promise<void> {
    const { parts, game } = this.#options;
    try {
      await game.start(task);
    } catch (error) {
      // What happened to a game that had begun is told by its end.
      if (!task.isPreempted && parts.state.current === 'starting') this.#failStart(error, isOrdered);
      throw error;
    }
    this.#becomeRunning();
  }

  /** From `stopping`, `stopped` or `suspended`. */
  async stop(task: Task): Promise<void> {
    await this.#persist();
    this.#becomeStopped(await this.#options.game.stop(task));
  }

  /** From `stopping`. */
  async restart(task: Task): Promise<void> {
    await this.#persist();
    await this.#options.game.stop(task);
    task.signal.throwIfAborted();
    this.#options.parts.state.enter('starting', 'panel');
    await this.start(task, { isOrdered: true });
  }

  /** From any state. */
  async kill(): Promise<void> {
    await this.#persist();
    this.#becomeStopped(await this.#options.game.kill());
  }

  /** From any state; ends in `suspended`. */
  async suspend(task: Task): Promise<void> {
    await this.stop(task);
    const { state } = this.#options.parts;
    if (state.current !== 'suspended') state.enter('suspended', 'panel');
  }

  /** From `installing`. */
  async install(task: Task): Promise<void> {
    const { parts, onInstallStep } = this.#options;
    const { file, state, console, folder, runs, unreachable } = parts;
    const { record } = file;
    try {
      // On the disk before anything is done, or a killed agent would not know what it left.
      await file.save();
      if (unreachable !== null) throw new AppError('unavailable', unreachable);
      const directory = await folder.open('create');
      await runInstallation(
        {
          spec: record.spec,
          console,
          directory,
          run: async (argv, signal) => {
            const environment = { ...(await networkSettings()), ...serverEnvironment(record, folder.path) };
            const { uid } = record;
            const { limits } = record.spec;
            return runs.start('install', { argv, environment, directory: folder.path, uid, limits }, signal);
          },
          clear: () => runs.clear(),
          onStep: onInstallStep,
        },
        task.signal,
      );
    } catch (error) {
      this.#failInstall(task, error);
      throw error;
    }
    record.isInstalled = true;
    state.enter('stopped', 'agent');
  }

  /** From any state; nothing but the record is left then. */
  async remove(): Promise<void> {
    const { parts, game, dataPaths } = this.#options;
    const { file, console, folder, runs } = parts;
    const { removal } = file.record;
    await this.#persist();
    try {
      this.#becomeStopped(await game.kill());
      await runs.clear();
      await console.close();
      if (removal?.wipe) {
        await folder.destroy();
        for (const path of dataPaths) await rm(path, { recursive: true, force: true });
      } else await folder.close();
    } catch (error) {
      // Still a server; the order can come again.
      file.record.removal = null;
      await file.save().catch(() => {});
      throw error;
    }
    file.record.removal = { wipe: removal?.wipe ?? false, isDone: true };
    await file.save();
  }

  /**
   * After the agent was away: takes back what runs, settles what ended meanwhile, and goes on with what was under way.
   * Ends with an error when the operations that were pending did not come to their end.
   */
  async recover(task: Task): Promise<void> {
    const { parts } = this.#options;
    const { record } = parts.file;
    const { run } = record;
    const found = run ? await parts.runs.recover(run) : null;
    const running = isRunning(found) ? found : null;
    if (record.state === 'installing' || run?.kind === 'install') await this.#recoverInstall(running);
    else if (running && run) await this.#recoverRunning(task, running, run);
    else await this.#recoverEnded(task, found as Exit | null, run);
    if (record.removal) await this.remove();
    else if (record.spec.suspended && record.state !== 'suspended') await this.suspend(task);
    this.#checkOutcome(task);
  }

  async #recoverInstall(running: RunningServer | null): Promise<void> {
    const { file, state, folder, runs } = this.#options.parts;
    await running?.kill();
    await runs.clear();
    if (state.current !== 'installing') return;
    await (await folder.open('create')).removeLeftovers();
    const reasonText = 'The agent was restarted during the installation. Install it again.';
    state.enter('error', 'agent', { why: { reason: 'install_interrupted', reasonText } });
    file.record.desired = 'stopped';
  }

  async #recoverRunning(task: Task, running: RunningServer, run: RunRecord): Promise<void> {
    const { parts, game } = this.#options;
    game.adopt(running);
    switch (parts.state.current) {
      case 'running':
        return;
      case 'starting':
        await game.resumeStart(task, run.seqBefore);
        return this.#becomeRunning();
      case 'stopping':
        return this.#continueStopping(task, null);
      default:
        // Everybody was told that it is down.
        game.expectEnd();
        await game.kill();
    }
  }

  async #recoverEnded(task: Task, exit: Exit | null, run: RunRecord | null): Promise<void> {
    const { parts, restarts } = this.#options;
    const { file, state, runs } = parts;
    await runs.drain();
    // It was ordered and has certainly not happened: somebody still waits for it.
    if (state.current === 'starting' && exit === null && isAwaitedStart(task)) {
      await runs.clear();
      return this.start(task, { isOrdered: true });
    }
    if (state.current === 'running' || state.current === 'starting') {
      if (run && run.bootId !== bootId()) await this.#recoverFromReboot(task);
      else if (exit) {
        const why = reasonOfExit(exit, file.record.spec.limits);
        restarts.judge({ why, exit, isClean: exit.code === 0 });
      } else {
        const reasonText = 'The agent was restarted while the server was starting.';
        restarts.judge({ why: { reason: 'start_interrupted', reasonText }, exit: null, isClean: false });
      }
    }
    await runs.clear();
    if (state.current === 'stopping') await this.#continueStopping(task, exit);
  }

  async #recoverFromReboot(task: Task): Promise<void> {
    const { parts, restarts, inTurn } = this.#options;
    const { file, state, runs } = parts;
    const reasonText = 'The machine was restarted.';
    state.enter('stopped', 'agent', { why: { reason: 'node_restarted', reasonText } });
    await runs.clear();
    const { desired, spec } = file.record;
    if (desired !== 'running' || spec.suspended) return;
    await inTurn(task.signal, async () => {
      state.enter('starting', 'agent');
      restarts.count();
      await this.start(task, { isOrdered: false });
    });
  }

  /** What the order that had begun to stop the server was for. */
  async #continueStopping(task: Task, exit: Exit | null): Promise<void> {
    const { game } = this.#options;
    game.expectEnd();
    const action = task.operations.at(-1)?.action;
    if (action === 'restart') return this.restart(task);
    const seen = action === 'stop' || action === undefined ? await game.stop(task) : await game.kill();
    this.#becomeStopped(seen ?? exit);
  }

  #becomeRunning(): void {
    const { parts, game } = this.#options;
    const startedAt = game.running?.startedAt.getTime() ?? Date.now();
    parts.state.enter('running', 'agent', { startedAt });
  }

  #becomeStopped(exit: Exit | null): void {
    const { state } = this.#options.parts;
    if (state.current === 'stopping') state.enter('stopped', 'agent', exit ? { exit } : {});
  }

  #failStart(error: unknown, isOrdered: boolean): void {
    const { parts, restarts } = this.#options;
    const reason = error instanceof StartFailure ? error.reason : 'start_failed';
    const reasonText =
      error instanceof AppError ? error.message : 'An unexpected error occurred on the node.';
    const why = { reason, reasonText };
    if (reason !== 'data_missing' && !isOrdered) {
      restarts.judge({ why, exit: null, isClean: false });
      return;
    }
    parts.say(`Not started. ${reasonText}`);
    parts.state.enter(reason === 'data_missing' ? 'error' : 'crashed', 'agent', { why });
  }

  #failInstall(task: Task, error: unknown): void {
    const { parts } = this.#options;
    const reason = task.isPreempted ? 'install_cancelled' : 'install_failed';
    const known = error instanceof AppError ? error.message : 'An unexpected error occurred on the node.';
    const reasonText = task.isPreempted ? 'The installation was cancelled.' : known;
    parts.say(`Not installed. ${reasonText}`);
    if (parts.state.current === 'installing')
      parts.state.enter('error', 'agent', { why: { reason, reasonText } });
  }

  /** An order that is remembered as unfinished is fulfilled when the server is where it was to bring it. */
  #checkOutcome({ operations }: Task): void {
    const { record } = this.#options.parts.file;
    const isFulfilled = operations.every(({ action }) => {
      if (action === 'start' || action === 'restart') return record.state === 'running';
      if (action === 'install') return record.state === 'stopped' && record.isInstalled;
      if (action === 'remove') return record.removal?.isDone === true;
      return record.state === 'stopped';
    });
    if (!isFulfilled) throw new AppError('unavailable', 'The agent was restarted before this was done');
  }

  /** What is about to be done is on the disk, so that an agent killed meanwhile does not take it for a crash. */
  async #persist(): Promise<void> {
    const saving = this.#options.parts.file.save().catch(() => {});
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, savePatienceMs);
    });
    await Promise.race([saving, patience]);
    clearTimeout(timer);
  }
}

function isAwaitedStart({ operations }: Task): boolean {
  return operations.some(
    ({ action, deadlineAt }) => (action === 'start' || action === 'restart') && deadlineAt > Date.now(),
  );
}

function isRunning(found: RunningServer | Exit | null): found is RunningServer {
  return found !== null && 'exited' in found;
}
