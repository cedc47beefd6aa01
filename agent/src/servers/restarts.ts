import type { Exit } from '../runtimes/runtime.ts';
import { judgeEnd, restartsInWindow } from './crash-policy.ts';
import type { Reason } from './end-of-run.ts';
import type { ServerParts } from './server-parts.ts';

/** A game that has ended, or could not be started again, without anybody asking for its end. */
export interface UnaskedEnding {
  why: Reason;
  exit: Exit | null;
  isClean: boolean;
  /** What it printed last. */
  lastLines?: string[];
}

/** Decides what follows an end that nobody asked for, and waits until it is time to restart. */
export class Restarts {
  readonly #parts: ServerParts;
  readonly #restart: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: ServerParts, restart: () => void) {
    this.#parts = parts;
    this.#restart = restart;
  }

  judge({ why, exit, isClean, lastLines }: UnaskedEnding): void {
    const { file, state, say } = this.#parts;
    const { record } = file;
    const end = { ...(exit && { exit }), why };
    const verdict = judgeEnd({ isClean }, record.spec.restartPolicy, {
      restartsAt: record.restartsAt,
      now: steadyNow(),
    });
    if (verdict.kind === 'stopped') {
      record.desired = 'stopped';
      state.enter('stopped', 'agent', end);
      return;
    }
    const crash = { ...end, ...(lastLines && { lastLines }) };
    record.crashCount += 1;
    if (verdict.restartInMs === null) {
      say(
        `Crashed. ${why.reasonText}${verdict.hasGivenUp ? ' It crashed too often and is not restarted.' : ''}`,
      );
      state.enter('crashed', 'agent', crash);
      return;
    }
    say(`Crashed. ${why.reasonText} It is restarted in ${Math.ceil(verdict.restartInMs / 1000)} s.`);
    state.enter('crashed', 'agent', { ...crash, nextRestartAt: Date.now() + verdict.restartInMs });
    this.#schedule(verdict.restartInMs);
  }

  /** Goes on waiting as an earlier agent process did. */
  resume(): void {
    const { state, nextRestartAt } = this.#parts.file.record;
    if (state !== 'crashed' || nextRestartAt === null) return;
    this.#schedule(Math.min(60_000, Math.max(0, nextRestartAt - Date.now())));
  }

  /** A restart counts from now on. */
  count(): void {
    const { record } = this.#parts.file;
    const now = steadyNow();
    record.restartsAt = [...restartsInWindow(record.restartsAt, record.spec.restartPolicy, now), now];
  }

  /** A person has taken over: what was before does not count. */
  forget(): void {
    this.#parts.file.record.restartsAt = [];
  }

  cancel(): void {
    clearTimeout(this.#timer);
  }

  #schedule(inMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#restart, inMs);
  }
}

/** Milliseconds since 1970 as the clock said when this process began: a later change of the clock does not reach it. */
function steadyNow(): number {
  return performance.timeOrigin + performance.now();
}
