import { Worker } from 'node:worker_threads';
import { AppError } from '@catalyst/shared/contract/errors';
import { isForeignHardLink, systemError } from '../file-errors.ts';
import type { Folder } from '../folder.ts';
import { lookAtAll } from '../look-at-all.ts';
import { nameProblem } from '../server-path.ts';
import type { Answer, ReadJob, ReadResult, WriteJob } from './small-files-worker.ts';

/**
 * Reads and writes small files in a thread of its own, which makes the system calls of a whole batch one after the other:
 * a trip to the thread pool for each costs more than the call. All archives share one thread, which ends with the last.
 */
export class SmallFiles implements AsyncDisposable {
  static #shared: SmallFiles | null = null;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, { resolve(answer: Answer): void; reject(error: unknown): void }>();
  #users = 0;
  #lastId = 0;
  #broken: Error | null = null;

  private constructor() {
    this.#worker = startWorker();
    this.#worker.on('message', (answer: Answer) => {
      this.#waiting.get(answer.id)?.resolve(answer);
      this.#waiting.delete(answer.id);
    });
    const end = (error: Error) => {
      this.#broken ??= error;
      if (SmallFiles.#shared === this) SmallFiles.#shared = null;
      for (const { reject } of this.#waiting.values()) reject(error);
      this.#waiting.clear();
    };
    this.#worker.on('error', end);
    this.#worker.on('exit', () => end(new Error('The thread for small files ended')));
  }

  /** The caller disposes of it. */
  static open(): SmallFiles {
    SmallFiles.#shared ??= new SmallFiles();
    SmallFiles.#shared.#users += 1;
    return SmallFiles.#shared;
  }

  /** Of at least the first name, and not of all when they are too much for one time. */
  async read(job: Omit<ReadJob, 'kind'>): Promise<ReadResult[]> {
    return (await this.#ask({ kind: 'read', ...job }, job.names)).results ?? [];
  }

  async write(job: Omit<WriteJob, 'kind'>): Promise<void> {
    const names = job.files.map(({ name }) => name);
    await this.#ask({ kind: 'write', ...job }, names);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#users -= 1;
    if (this.#users > 0) return;
    if (SmallFiles.#shared === this) SmallFiles.#shared = null;
    await this.#worker.terminate();
  }

  async #ask(job: ReadJob | WriteJob, names: Uint8Array[]): Promise<Answer> {
    for (const name of names) {
      const problem = nameProblem(Buffer.from(name));
      if (problem) throw new AppError('bad_request', problem);
    }
    if (this.#broken) throw this.#broken;
    this.#lastId += 1;
    const id = this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    this.#waiting.set(id, { resolve, reject });
    this.#worker.postMessage({ id, job });
    const answer = await promise;
    if (answer.errorCode !== undefined) throw systemError(answer.errorCode);
    if (answer.errorMessage !== undefined) throw new Error(answer.errorMessage);
    return answer;
  }
}

interface Wanted {
  /** How large a file may be that is read; null when only the sizes are wanted. */
  mostBytes: number | null;
  /** Whom hard links must belong to. */
  uid?: number | undefined;
}

/**
 * What each entry is, with the content of small files where folders can be held: of all names when nothing is read, else
 * of as many of the first ones as are read at a time.
 */
export async function lookAtEntries(
  smallFiles: SmallFiles,
  parent: Folder,
  names: readonly Buffer[],
  { mostBytes, uid }: Wanted,
): Promise<ReadResult[]> {
  if (parent.held) {
    return parent.held((folder) =>
      smallFiles.read({ folder, names: [...names], mostBytes, uid: uid ?? null }),
    );
  }
  const all = await lookAtAll(parent, names);
  return all.map((stats) =>
    stats ? { stats, isForeign: isForeignHardLink(stats, uid), content: null } : null,
  );
}

/** A bundle carries it as `small-files-worker.js` beside itself. */
function startWorker(): Worker {
  const file = import.meta.url.endsWith('.ts') ? './small-files-worker.ts' : './small-files-worker.js';
  const resourceLimits = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 };
  return new Worker(new URL(file, import.meta.url), { env: {}, execArgv: [], resourceLimits });
}
