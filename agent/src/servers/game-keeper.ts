import { AppError } from '@catalyst/shared/contract/errors';
import type { Exit, RunningServer } from '../runtimes/runtime.ts';
import { isDoneWithin, orAborted, timeLimit } from '../waiting.ts';
import { enforceDiskLimit } from './disk-limit.ts';
import { type Reason, reasonOfExit } from './end-of-run.ts';
import { lastLinesOf } from './last-lines.ts';
import { prepareLaunch } from './launch-preparation.ts';
import { type Readiness, watchReadiness } from './readiness.ts';
import type { UnaskedEnding } from './restarts.ts';
import { gameLaunch } from './server-launch.ts';
import type { ServerParts } from './server-parts.ts';
import { checkStart } from './start-checks.ts';
import type { Task } from './task-line.ts';
import { writeSettings } from './write-settings.ts';

interface Game {
  running: RunningServer;
  /** Why it must count as crashed, however it ends. */
  failure: Reason | null;
  hasExited: boolean;
  /** Everything about its end is done: output stored, state told, traces cleared. */
  ended: Promise<Exit>;
}

/** The process of one server: starts it, waits for it, ends it, and sees how it ended. */
export class GameKeeper {
  readonly #parts: ServerParts;
  readonly #onUnaskedEnd: (ending: UnaskedEnding) => void;
  #game: Game | null = null;
  #isEndExpected = false;
  #isReleased = false;

  constructor(parts: ServerParts, onUnaskedEnd: (ending: UnaskedEnding) => void) {
    this.#parts = parts;
    this.#onUnaskedEnd = onUnaskedEnd;
  }

  get running(): RunningServer | null {
    return this.#game?.hasExited === false ? this.#game.running : null;
  }

  /** From now on an end is no crash, also that of a game which is only being started. */
  expectEnd(): void {
    this.#isEndExpected = true;
  }

  /** Resolves when the game is ready. Rejects when it could not be started, ended before, or took too long. */
  async start(task: Task): Promise<void> {
    const { file, runs, console } = this.#parts;
    const { spec } = file.record;
    await this.#game?.ended;
    task.signal.throwIfAborted();
    this.#isEndExpected = false;
    await checkStart(this.#parts, task.signal);
    await enforceDiskLimit(this.#parts, { isRunning: false });
    await runs.clear();
    const launch = gameLaunch(this.#parts);
    await prepareLaunch(this.#parts, launch, task.signal);
    await writeSettings(this.#parts, task.signal);
    const readiness = watchReadiness(spec, console);
    try {
      this.#take(await runs.start(launch, task.signal));
      await this.#untilReady(readiness, task, spec.done.timeoutSeconds * 1000);
    } finally {
      readiness.stop();
    }
  }

  /** Takes back a game that an earlier agent process started. */
  adopt(running: RunningServer): void {
    this.#take(running);
  }

  /** Goes on waiting for a game that was starting when the agent went away. */
  async resumeStart(task: Task, seqBefore: number): Promise<void> {
    const { file, console } = this.#parts;
    const { spec } = file.record;
    const startedAt = this.#game?.running.startedAt.getTime() ?? Date.now();
    const leftMs = Math.max(1000, startedAt + spec.done.timeoutSeconds * 1000 - Date.now());
    const readiness = watchReadiness(spec, console, { seqBefore });
    try {
      await this.#untilReady(readiness, task, leftMs);
    } finally {
      readiness.stop();
    }
  }

  /** Ends the game as its template says, and kills it when that takes too long. Resolves at once when there is none. */
  async stop(task: Task): Promise<Exit | null> {
    const game = this.#game;
    if (!game) return null;
    this.#isEndExpected = true;
    const { timeoutSeconds } = this.#parts.file.record.spec.stop;
    const limit = timeLimit(timeoutSeconds * 1000, new AppError('timeout', 'It does not stop'), task.signal);
    try {
      if (!game.hasExited) await this.#ask(game);
      await this.#askAgain(game, limit.signal);
      return await orAborted(game.ended, limit.signal);
    } catch (error) {
      if (!limit.signal.aborted || task.isPreempted) throw error;
      this.#parts.say(`It did not stop within ${timeoutSeconds} s and was killed.`);
      return await this.kill();
    } finally {
      limit.stop();
    }
  }

  /** Ends the game at once, with everything it has started. Resolves at once when there is none. */
  async kill(): Promise<Exit | null> {
    const game = this.#game;
    if (!game) return null;
    await game.running.kill();
    return game.ended;
  }

  /** Lets go; the game runs on, and its end is for the next agent process to handle. */
  release(): void {
    this.#isReleased = true;
    this.#game?.running.release();
  }

  #take(running: RunningServer): void {
    const game: Game = { running, failure: null, hasExited: false, ended: Promise.resolve(noExit) };
    game.ended = running.exited.then((exit) => this.#finish(game, exit));
    this.#game = game;
  }

  async #finish(game: Game, exit: Exit): Promise<Exit> {
    const { file, runs, log } = this.#parts;
    game.hasExited = true;
    if (this.#isReleased) return exit;
    try {
      await runs.drain();
      const lastLines = await lastLinesOf(this.#parts);
      if (!this.#isEndExpected) {
        const why = game.failure ?? reasonOfExit(exit, file.record.spec.limits);
        this.#onUnaskedEnd({ why, exit, isClean: exit.code === 0 && game.failure === null, lastLines });
      }
      await runs.clear();
    } catch (err) {
      log.error(
        { err, serverId: file.record.spec.serverId },
        'The end of a server could not be handled in full',
      );
    }
    if (this.#game === game) this.#game = null;
    return exit;
  }

  async #untilReady(readiness: Readiness, task: Task, timeoutMs: number): Promise<void> {
    const game = this.#game as Game;
    const late = new AppError(
      'timeout',
      `It was not ready within ${Math.round(timeoutMs / 1000)} s and was killed`,
    );
    const limit = timeLimit(timeoutMs, late, task.signal);
    const endedEarly = game.ended.then(() => {
      const { reasonText } = this.#parts.file.record;
      throw new AppError('unavailable', `It ended before it was ready. ${reasonText ?? ''}`.trim());
    });
    try {
      await Promise.race([readiness.wait(limit.signal), endedEarly]);
    } catch (error) {
      if (!limit.signal.aborted || task.isPreempted || game.hasExited) throw error;
      game.failure = { reason: 'start_timeout', reasonText: `${late.message}.` };
      await game.running.kill();
      await game.ended;
      throw late;
    } finally {
      limit.stop();
    }
  }

  /** By the signal that its template has for a game on which the command was lost. */
  async #askAgain({ running, ended }: Game, signal: AbortSignal): Promise<void> {
    const { stop } = this.#parts.file.record.spec;
    if (stop.kind !== 'command' || !stop.followUp) return;
    const { signal: name, afterSeconds } = stop.followUp;
    if (await orAborted(isDoneWithin(afterSeconds * 1000, ended), signal)) return;
    this.#parts.say(`It did not stop within ${afterSeconds} s and is sent ${name}.`);
    await running.signal(name);
  }

  /** A game that cannot be asked is killed when its time is over, as one that does not listen. */
  async #ask({ running }: Game): Promise<void> {
    const { file, console } = this.#parts;
    const { stop } = file.record.spec;
    try {
      if (stop.kind === 'signal') return await running.signal(stop.signal);
      await running.write(Buffer.from(`${stop.command}\n`));
      await console.append('stdin', stop.command);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
    }
  }
}

const noExit: Exit = { code: null, signal: null, outOfMemory: false, at: new Date(0) };
