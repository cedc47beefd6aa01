import { AppError } from '@catalyst/shared/contract/errors';
import type { OperationRecord } from './server-record.ts';

type TaskKind = 'recover' | 'start' | 'stop' | 'restart' | 'kill' | 'install' | 'remove' | 'suspend';

/** A task that takes up what an earlier agent process has begun gets at least so much longer. */
const resumedMs = 60_000;
/** When an operation's deadline has passed and its work still cannot let go, its end is told this much later. */
const graceMs = 5000;

/** One thing under way on one server. */
export class Task {
  readonly kind: TaskKind;
  readonly operations: OperationRecord[];
  readonly done: Promise<void>;
  readonly #abort = new AbortController();
  #isPreempted = false;

  constructor(
    kind: TaskKind,
    operations: OperationRecord[],
    previous: Task | null,
    work: (task: Task) => Promise<void>,
    finish: (task: Task, error: unknown) => void,
  ) {
    this.kind = kind;
    this.operations = operations;
    this.done = this.#run(previous, work, finish);
  }

  /** Aborted by the task that takes its place, or by the deadline. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Another order took its place: what becomes of the server is that one's to say. */
  get isPreempted(): boolean {
    return this.#isPreempted;
  }

  preempt(by: TaskKind): void {
    this.#isPreempted = true;
    this.#abort.abort(new AppError('conflict', `Another order (${by}) took its place`));
  }

  async #run(
    previous: Task | null,
    work: (task: Task) => Promise<void>,
    finish: (task: Task, error: unknown) => void,
  ): Promise<void> {
    const deadline = this.#watchDeadline(finish);
    try {
      await previous?.done;
      await work(this);
      finish(this, null);
    } catch (error) {
      finish(this, error);
    } finally {
      deadline.stop();
    }
  }

  #watchDeadline(finish: (task: Task, error: unknown) => void): { stop(): void } {
    const [operation] = this.operations;
    if (!operation) return { stop() {} };
    const late = new AppError('timeout', 'It did not finish in time');
    let timer = setTimeout(
      () => {
        this.#abort.abort(late);
        timer = setTimeout(() => finish(this, late), graceMs);
      },
      Math.max(this.kind === 'recover' ? resumedMs : 0, operation.deadlineAt - Date.now()),
    );
    return { stop: () => clearTimeout(timer) };
  }
}

/** What is under way on one server: one task at a time; a new one aborts the one before and waits until it has let go. */
export class TaskLine {
  readonly #finish: (operation: OperationRecord, error: unknown) => void;
  readonly #onBug: (kind: TaskKind, error: unknown) => void;
  #current: Task | null = null;

  constructor(
    finish: (operation: OperationRecord, error: unknown) => void,
    onBug: (kind: TaskKind, error: unknown) => void,
  ) {
    this.#finish = finish;
    this.#onBug = onBug;
  }

  get current(): Task | null {
    return this.#current;
  }

  /** `work` must end soon after its signal is aborted. Its operations end with it. */
  begin(kind: TaskKind, operations: OperationRecord[], work: (task: Task) => Promise<void>): Task {
    const previous = this.#current;
    previous?.preempt(kind);
    const task = new Task(kind, operations, previous, work, (ended, error) => {
      if (this.#current === ended) this.#current = null;
      if (error !== null && !(error instanceof AppError)) this.#onBug(kind, error);
      for (const operation of ended.operations) this.#finish(operation, error);
    });
    this.#current = task;
    return task;
  }
}

/** An installation that was asked for with all files gone. */
export const isWipedFirst = ({ operations }: Task): boolean => operations.some(({ wipeFirst }) => wipeFirst);
