import type { StateReport } from '@catalyst/shared/features/agent-link';
import { type Cause, isTransitionAllowed, type ServerState } from '@catalyst/shared/features/server-states';
import type { Exit } from '../runtimes/runtime.ts';
import type { Reason } from './end-of-run.ts';
import type { RecordFile } from './record-file.ts';

interface StateChange {
  why?: Reason;
  exit?: Pick<Exit, 'code' | 'signal' | 'outOfMemory'>;
  startedAt?: number;
  nextRestartAt?: number;
  lastLines?: string[];
}

/** The state of one server: changed only as the table allows, kept on the disk, and reported under a number. */
export class ReportedState {
  readonly #file: RecordFile;
  readonly #nextEventId: () => number;
  readonly #report: (eventId: number, report: StateReport) => void;

  constructor(
    file: RecordFile,
    nextEventId: () => number,
    report: (eventId: number, report: StateReport) => void,
  ) {
    this.#file = file;
    this.#nextEventId = nextEventId;
    this.#report = report;
  }

  get current(): ServerState {
    return this.#file.record.state;
  }

  /** Throws when the table forbids it: a bug, as orders are checked before they are taken. */
  enter(state: ServerState, cause: Cause, change: StateChange = {}): void {
    const { record } = this.#file;
    const { why, exit, startedAt, nextRestartAt, lastLines } = change;
    if (!isTransitionAllowed(record.state, state, cause)) {
      throw new Error(`A server cannot go from ${record.state} to ${state} by ${cause}`);
    }
    const isUp = state === 'running' || state === 'stopping';
    Object.assign(record, {
      state,
      stateAt: Date.now(),
      reason: why?.reason ?? null,
      reasonText: why?.reasonText.slice(0, 1000) ?? null,
      startedAt: startedAt ?? (isUp ? record.startedAt : null),
      nextRestartAt: nextRestartAt ?? null,
      exitCode: exit?.code ?? null,
      signal: exit?.signal ?? null,
      outOfMemory: exit?.outOfMemory ?? false,
      lastLines: lastLines ?? [],
    });
    this.announce();
  }

  /** Tells again: something beside the state changed. */
  announce(): void {
    const { record } = this.#file;
    record.lastEventId = this.#nextEventId();
    // What is lost with a full disk is found out again by looking at the game itself.
    this.#file.save().catch(() => {});
    this.#report(record.lastEventId, this.report());
  }

  report(): StateReport {
    const { record } = this.#file;
    return {
      serverId: record.spec.serverId,
      state: record.state,
      reason: record.reason,
      reasonText: record.reasonText,
      exitCode: record.exitCode,
      signal: record.signal,
      outOfMemory: record.outOfMemory,
      crashCount: record.crashCount,
      startedAt: record.startedAt,
      nextRestartAt: record.nextRestartAt,
      lastLines: record.lastLines,
      at: record.stateAt,
    };
  }
}
