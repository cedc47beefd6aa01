import { AppError } from '@catalyst/shared/contract/errors';
import { bootId } from '@catalyst/shared/node/process-identity';
import type { Exit, RunningServer } from '../runtimes/runtime.ts';
import { reasonOfExit } from './end-of-run.ts';
import type { GameKeeper } from './game-keeper.ts';
import { lastLinesOf } from './last-lines.ts';
import type { Restarts } from './restarts.ts';
import type { ServerParts } from './server-parts.ts';
import type { RunRecord } from './server-record.ts';
import type { ServerTasks } from './server-tasks.ts';
import { isWipedFirst, type Task } from './task-line.ts';

export interface ServerRecoveryOptions {
  parts: ServerParts;
  game: GameKeeper;
  restarts: Restarts;
  tasks: ServerTasks;
  /** A start that nobody waits for: not all servers of a node at once. */
  inTurn(signal: AbortSignal, work: () => Promise<void>): Promise<void>;
}

/** Finds out what became of a server while no agent was there. */
export class ServerRecovery {
  readonly #options: ServerRecoveryOptions;

  constructor(options: ServerRecoveryOptions) {
    this.#options = options;
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
    if (record.state === 'installing' || run?.kind === 'install') await this.#recoverInstall(task, running);
    else if (running && run) await this.#recoverRunning(task, running, run);
    else await this.#recoverEnded(task, found as Exit | null, run);
    if (record.removal) await this.#options.tasks.remove();
    else if (record.spec.suspended && record.state !== 'suspended') await this.#options.tasks.suspend(task);
    this.#checkOutcome(task);
  }

  async #recoverInstall(task: Task, running: RunningServer | null): Promise<void> {
    const { file, state, folder, runs } = this.#options.parts;
    await running?.kill();
    await runs.clear();
    if (state.current !== 'installing') return;
    await (await folder.open('create')).removeLeftovers();
    const reasonText = isWipedFirst(task)
      ? 'The agent was restarted during an installation that wipes the files first; some may be left. Install it again.'
      : 'The agent was restarted during the installation. Install it again.';
    state.enter('error', 'agent', { why: { reason: 'install_interrupted', reasonText } });
    file.record.desired = 'stopped';
  }

  async #recoverRunning(task: Task, running: RunningServer, run: RunRecord): Promise<void> {
    const { parts, game, tasks } = this.#options;
    game.adopt(running);
    switch (parts.state.current) {
      case 'running':
        return;
      case 'starting':
        await game.resumeStart(task, run.seqBefore);
        return tasks.becomeRunning();
      case 'stopping':
        return this.#continueStopping(task, null);
      default:
        // Everybody was told that it is down.
        game.expectEnd();
        await game.kill();
    }
  }

  async #recoverEnded(task: Task, exit: Exit | null, run: RunRecord | null): Promise<void> {
    const { parts, restarts, tasks } = this.#options;
    const { file, state, runs } = parts;
    await runs.drain();
    const lastLines = await lastLinesOf(parts);
    // It was ordered and has certainly not happened: somebody still waits for it.
    if (state.current === 'starting' && exit === null && isAwaitedStart(task)) {
      await runs.clear();
      return tasks.start(task, { isOrdered: true });
    }
    if (state.current === 'running' || state.current === 'starting') {
      if (run && run.bootId !== bootId()) await this.#recoverFromReboot(task);
      else if (exit) {
        const why = reasonOfExit(exit, file.record.spec.limits);
        restarts.judge({ why, exit, isClean: exit.code === 0, lastLines });
      } else {
        const reasonText = 'The agent was restarted while the server was starting.';
        restarts.judge({ why: { reason: 'start_interrupted', reasonText }, exit: null, isClean: false });
      }
    }
    await runs.clear();
    if (state.current === 'stopping') await this.#continueStopping(task, exit);
  }

  async #recoverFromReboot(task: Task): Promise<void> {
    const { parts, restarts, tasks, inTurn } = this.#options;
    const { file, state, runs } = parts;
    const reasonText = 'The machine was restarted.';
    state.enter('stopped', 'agent', { why: { reason: 'node_restarted', reasonText } });
    await runs.clear();
    const { desired, spec } = file.record;
    if (desired !== 'running' || spec.suspended) return;
    await inTurn(task.signal, async () => {
      state.enter('starting', 'agent');
      restarts.count();
      await tasks.start(task, { isOrdered: false });
    });
  }

  /** What the order that had begun to stop the server was for. */
  async #continueStopping(task: Task, exit: Exit | null): Promise<void> {
    const { game, tasks } = this.#options;
    game.expectEnd();
    const action = task.operations.at(-1)?.action;
    if (action === 'restart') return tasks.restart(task);
    const seen = action === 'stop' || action === undefined ? await game.stop(task) : await game.kill();
    tasks.becomeStopped(seen ?? exit);
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
}

function isAwaitedStart({ operations }: Task): boolean {
  return operations.some(
    ({ action, deadlineAt }) => (action === 'start' || action === 'restart') && deadlineAt > Date.now(),
  );
}

function isRunning(found: RunningServer | Exit | null): found is RunningServer {
  return found !== null && 'exited' in found;
}
