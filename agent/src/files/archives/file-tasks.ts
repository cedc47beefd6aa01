import { AppError } from '@catalyst/shared/contract/errors';
import type { FileTask } from '@catalyst/shared/features/archives-link';
import type { Logger } from '../../logger.ts';
import { Turns } from '../../servers/turns.ts';
import { toFileError } from '../file-errors.ts';
import { OpenTasks, toFailed } from './open-tasks.ts';

/** Each keeps a processor busy; the others wait, so that games and consoles do not. */
const runningAtOnce = 2;
const mostOpen = 32;
const mostOpenOfServer = 4;
const mostEnded = 50;
const tellEveryMs = 250;
/** Longer than anything takes that has an end. */
const patienceMs = 24 * 3_600_000;

interface KnownTask {
  task: FileTask;
  readonly stop: AbortController;
  /** Resolves when it has ended, however. */
  ended: Promise<void>;
  toldAt: number;
}

type Figures = Partial<Pick<FileTask, 'doneBytes' | 'totalBytes' | 'doneEntries' | 'skippedCount'>>;
type Work = (report: (figures: Figures) => void, signal: AbortSignal) => Promise<void>;
type NewTask = Pick<FileTask, 'id' | 'serverId' | 'kind'>;
/** Why it may not go on, null when it may; asked again and again. */
type Refusal = () => AppError | null;

/** With what an earlier agent had begun and not ended. */
export async function openFileTasks(path: string, log: Pick<Logger, 'error' | 'warn'>): Promise<FileTasks> {
  const open = new OpenTasks(path);
  return new FileTasks(log, open, await open.load());
}

/**
 * What is done with the files of servers because somebody asked for it. It goes on while the panel is away; what an agent
 * was doing when it ended is told by the next one as failed.
 */
export class FileTasks {
  readonly #log: Pick<Logger, 'error' | 'warn'>;
  readonly #open: OpenTasks;
  readonly #known = new Map<string, KnownTask>();
  readonly #turns = new Turns(runningAtOnce, patienceMs);
  #isClosing = false;
  #listener: ((task: FileTask) => void) | null = null;

  constructor(log: Pick<Logger, 'error' | 'warn'>, open: OpenTasks, interrupted: NewTask[]) {
    this.#log = log;
    this.#open = open;
    for (const one of interrupted) {
      const task = toFailed(newTask(one));
      this.#known.set(one.id, { task, stop: new AbortController(), ended: Promise.resolve(), toldAt: 0 });
    }
    if (interrupted.length > 0) this.#remember();
  }

  /** Each beginning and end, and what happens in between a few times a second. */
  listen(listener: ((task: FileTask) => void) | null): void {
    this.#listener = listener;
  }

  /** Oldest first. */
  listOf(serverId: string): FileTask[] {
    return [...this.#known.values()].map(({ task }) => task).filter((task) => task.serverId === serverId);
  }

  /** The same id begins nothing a second time. Throws `limit_reached` when too many are under way. */
  start(wanted: NewTask, refusal: Refusal, work: Work): FileTask {
    const earlier = this.#known.get(wanted.id);
    if (earlier) return earlier.task;
    this.#refuseTooMany(wanted.serverId);
    const known: KnownTask = {
      task: newTask(wanted),
      stop: new AbortController(),
      ended: Promise.resolve(),
      toldAt: 0,
    };
    this.#known.set(wanted.id, known);
    this.#remember();
    this.#change(known, {});
    known.ended = this.#run(known, refusal, work);
    return known.task;
  }

  /** Resolves when it has stopped; at once when it has ended before. Throws `not_found`. */
  async cancel(serverId: string, id: string): Promise<void> {
    const known = this.#known.get(id);
    if (known?.task.serverId !== serverId) throw new AppError('not_found', 'There is no such task');
    await this.#stop(known);
  }

  /** Stops all of it; the note of it stays for the next agent. */
  async close(): Promise<void> {
    this.#listener = null;
    this.#isClosing = true;
    await Promise.all([...this.#known.values()].map((known) => this.#stop(known)));
    await this.#open.saved();
  }

  async #stop({ stop, ended }: KnownTask): Promise<void> {
    stop.abort(new AppError('conflict', 'This was cancelled'));
    await ended;
  }

  async #run(known: KnownTask, refusal: Refusal, work: Work): Promise<void> {
    const { signal } = known.stop;
    const report = (figures: Figures) => {
      if (known.task.status !== 'running') return;
      known.task = { ...known.task, ...figures };
      const why = refusal();
      if (why) known.stop.abort(why);
      if (performance.now() - known.toldAt >= tellEveryMs) this.#change(known, {});
    };
    try {
      await this.#turns.take(signal, async () => {
        signal.throwIfAborted();
        this.#change(known, { status: 'running' });
        await work(report, signal);
      });
      this.#change(known, { status: 'succeeded', totalBytes: known.task.totalBytes ?? known.task.doneBytes });
    } catch (error) {
      if (signal.aborted) this.#change(known, { status: 'cancelled' });
      else this.#change(known, { status: 'failed', error: this.#describe(error, known.task) });
    }
    this.#forgetOldest();
    this.#remember();
  }

  #change(known: KnownTask, changes: Partial<FileTask>): void {
    known.task = { ...known.task, ...changes };
    known.toldAt = performance.now();
    this.#listener?.(known.task);
  }

  #describe(error: unknown, { id, serverId }: FileTask): NonNullable<FileTask['error']> {
    const known = toFileError(error);
    if (known instanceof AppError) return { code: known.code, message: known.message.slice(0, 1000) };
    this.#log.error({ err: error, serverId, taskId: id }, 'A task with files failed');
    return { code: 'internal', message: "Something unexpected happened; the agent's log tells what" };
  }

  #refuseTooMany(serverId: string): void {
    const open = [...this.#known.values()].map(({ task }) => task).filter(isOpen);
    if (open.filter((task) => task.serverId === serverId).length >= mostOpenOfServer) {
      const message = `${mostOpenOfServer} tasks with files of this server are under way; wait for one of them`;
      throw new AppError('limit_reached', message);
    }
    if (open.length >= mostOpen) {
      throw new AppError('limit_reached', 'This node has too many tasks with files; try again later');
    }
  }

  #remember(): void {
    if (this.#isClosing) return;
    const open = [...this.#known.values()].map(({ task }) => task).filter(isOpen);
    this.#open.save(open).catch((err) => this.#log.warn({ err }, 'What is done with files was not noted'));
  }

  #forgetOldest(): void {
    const ended = [...this.#known].filter(([, { task }]) => !isOpen(task));
    for (const [id] of ended.slice(0, Math.max(0, ended.length - mostEnded))) this.#known.delete(id);
  }
}

const isOpen = ({ status }: FileTask) => status === 'waiting' || status === 'running';

function newTask({ id, serverId, kind }: NewTask): FileTask {
  const figures = { doneBytes: 0, totalBytes: null, doneEntries: 0, skippedCount: 0 };
  return { id, serverId, kind, status: 'waiting', ...figures, error: null };
}
