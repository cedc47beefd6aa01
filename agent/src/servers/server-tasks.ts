import { rm } from 'node:fs/promises';
import { AppError } from '@catalyst/shared/contract/errors';
import type { Exit } from '../runtimes/runtime.ts';
import { isDoneWithin } from '../waiting.ts';
import { enforceDiskLimit, releaseDiskLimit } from './disk-limit.ts';
import type { GameKeeper } from './game-keeper.ts';
import { runInstallation } from './installer.ts';
import type { KeptFiles } from './kept-files.ts';
import { prepareLaunch } from './launch-preparation.ts';
import type { Restarts } from './restarts.ts';
import { installLaunch } from './server-launch.ts';
import type { ServerParts } from './server-parts.ts';
import { reasonOfFailure } from './start-checks.ts';
import { isWipedFirst, type Task } from './task-line.ts';

export interface ServerTasksOptions {
  parts: ServerParts;
  game: GameKeeper;
  restarts: Restarts;
  /** What its runs left beside its files: run folders, history. */
  tracePaths: readonly string[];
  backupPath: string;
  kept: KeptFiles;
  onInstallStep(progress: { step: number; totalSteps: number; label: string }): void;
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
    this.becomeRunning();
  }

  /** From `stopping`, `stopped` or `suspended`. */
  async stop(task: Task): Promise<void> {
    await this.#persist();
    this.becomeStopped(await this.#options.game.stop(task));
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
    this.becomeStopped(await this.#options.game.kill());
  }

  /** From any state; ends in `suspended`, unless that was lifted meanwhile. */
  async suspend(task: Task): Promise<void> {
    await this.stop(task);
    const { file, state } = this.#options.parts;
    if (file.record.spec.suspended && state.current !== 'suspended') state.enter('suspended', 'panel');
  }

  /** From `installing`. */
  async install(task: Task): Promise<void> {
    const { parts, onInstallStep } = this.#options;
    const { file, state, console, folder, runs, unreachable } = parts;
    const { record } = file;
    let progress = { step: 1, totalSteps: 1 };
    try {
      // On the disk before anything is done, or a killed agent would not know what it left.
      record.isInstalled = false;
      await file.save().catch((error: unknown) => {
        // Wiping is what gives a full disk room for the record again.
        if (!isWipedFirst(task)) throw error;
      });
      if (unreachable !== null) throw new AppError('unavailable', unreachable);
      if (isWipedFirst(task)) {
        const { length } = record.spec.install.steps;
        onInstallStep({ step: 1, totalSteps: Math.max(1, length), label: 'Wiping the files' });
        parts.say('Wiping the files.');
        await folder.destroy(task.signal);
        await file.save();
      }
      const directory = await folder.open('create');
      // What was counted is gone, whatever way it went.
      if (isWipedFirst(task)) await directory.recount(task.signal);
      await enforceDiskLimit(parts, { isRunning: false });
      await runInstallation(
        {
          spec: record.spec,
          console,
          directory,
          run: async (step, signal) => {
            const launch = await installLaunch(parts, step);
            await prepareLaunch(parts, launch, signal, (label) => {
              onInstallStep({ ...progress, label: label.slice(0, 200) });
            });
            return runs.start(launch, signal);
          },
          clear: () => runs.clear(),
          onStep: (next) => {
            progress = next;
            onInstallStep(next);
          },
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
    const { parts, game, tracePaths } = this.#options;
    const { file, console, runs } = parts;
    const { removal } = file.record;
    await this.#persist();
    try {
      this.becomeStopped(await game.kill());
      await runs.clear();
      await runs.removeServer();
      await console.close();
      await (removal?.wipe ? this.#wipe() : this.#keep());
      for (const path of tracePaths) await rm(path, { recursive: true, force: true });
    } catch (error) {
      // Still a server; the order can come again.
      file.record.removal = null;
      await file.save().catch(() => {});
      throw error;
    }
    file.record.removal = { ...removal, wipe: removal?.wipe ?? false, isDone: true };
    await file.save();
  }

  async #wipe(): Promise<void> {
    const { parts, backupPath } = this.#options;
    await parts.folder.destroy();
    await releaseDiskLimit(parts);
    await rm(backupPath, { recursive: true, force: true });
  }

  /** Its backups stay where they are. */
  async #keep(): Promise<void> {
    const { parts, kept } = this.#options;
    const { folder, file } = parts;
    const { spec, removal } = file.record;
    const { name, template } = removal?.keepAs ?? { name: spec.serverId, template: '' };
    const sizeBytes = await folder.measure().catch(() => null);
    await folder.close();
    await kept.take(spec.serverId, folder.path, { name, template, sizeBytes });
    // What is still in its place is no folder of ours.
    await folder.destroy();
    await releaseDiskLimit(parts);
  }

  /** From `starting`: it was seen to be ready. */
  becomeRunning(): void {
    const { parts, game } = this.#options;
    const startedAt = game.running?.startedAt.getTime() ?? Date.now();
    parts.state.enter('running', 'agent', { startedAt });
  }

  /** Nothing of it runs any more. From any state: only `stopping` ends here. */
  becomeStopped(exit: Exit | null): void {
    const { state } = this.#options.parts;
    if (state.current === 'stopping') state.enter('stopped', 'agent', exit ? { exit } : {});
  }

  #failStart(error: unknown, isOrdered: boolean): void {
    const { parts, restarts } = this.#options;
    const reason = reasonOfFailure(error) ?? 'start_failed';
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
    const reason = task.isPreempted ? 'install_cancelled' : (reasonOfFailure(error) ?? 'install_failed');
    const known = error instanceof AppError ? error.message : 'An unexpected error occurred on the node.';
    const reasonText = task.isPreempted ? 'The installation was cancelled.' : known;
    parts.say(`Not installed. ${reasonText}`);
    if (parts.state.current === 'installing')
      parts.state.enter('error', 'agent', { why: { reason, reasonText } });
  }

  /** What is about to be done is on the disk, so that an agent killed meanwhile does not take it for a crash. */
  async #persist(): Promise<void> {
    const saving = this.#options.parts.file.save().catch(() => {});
    await isDoneWithin(savePatienceMs, saving);
  }
}
