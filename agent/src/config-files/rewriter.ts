import { Worker } from 'node:worker_threads';
import { type RewriteJob, type RewriteResult, rewriteConfig } from './rewrite-config.ts';

const most = { patienceMs: 10_000, memoryMb: 256 };

const lightParsers: readonly string[] = ['file', 'properties', 'ini', 'json'];
const lightBytes = 64 * 1024;

/**
 * Rewrites files one after the other. What a game left in them may keep a parser busy or fill its memory, so all but
 * the plainest are left to a thread, which lives as long as this; what is too much for that is unreadable.
 */
export class Rewriter implements AsyncDisposable {
  readonly #limits: typeof most;
  #worker: Worker | null = null;

  constructor(limits: Partial<typeof most> = {}) {
    this.#limits = { ...most, ...limits };
  }

  async rewrite(job: RewriteJob, signal?: AbortSignal): Promise<RewriteResult> {
    signal?.throwIfAborted();
    if (isLight(job)) return rewriteConfig(job);
    this.#worker ??= startWorker(this.#limits.memoryMb);
    const worker = this.#worker;
    const { promise, resolve, reject } = Promise.withResolvers<RewriteResult>();
    const onAbort = () => reject(signal?.reason);
    const onError = (error: Error & { code?: string }) => {
      if (error.code === 'ERR_WORKER_OUT_OF_MEMORY')
        resolve({ unreadable: 'Reading it takes too much memory.' });
      else reject(error);
    };
    const timer = setTimeout(
      () => resolve({ unreadable: 'Reading it takes too long.' }),
      this.#limits.patienceMs,
    );
    let isAnswered = false;
    worker.once('message', (result: RewriteResult) => {
      isAnswered = true;
      resolve(result);
    });
    worker.once('error', onError);
    signal?.addEventListener('abort', onAbort, { once: true });
    worker.postMessage(job);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      worker.off('error', onError);
      // Still busy, or dead: the next file gets another.
      if (!isAnswered) await this.#end();
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#end();
  }

  async #end(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    worker?.on('error', () => {});
    await worker?.terminate();
  }
}

/** Reading it takes time in proportion to its few bytes, with nothing to load. */
function isLight({ parser, bytes, edits }: RewriteJob): boolean {
  const hasPattern = edits.some(({ conditions }) =>
    conditions?.some(({ ifValue }) => ifValue.startsWith('regex:')),
  );
  return lightParsers.includes(parser) && bytes.length <= lightBytes && !hasPattern;
}

/** A bundle carries it as `config-worker.js` beside itself. */
function startWorker(memoryMb: number): Worker {
  const file = import.meta.url.endsWith('.ts') ? './config-worker.ts' : './config-worker.js';
  const resourceLimits = { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 };
  return new Worker(new URL(file, import.meta.url), { env: {}, execArgv: [], resourceLimits });
}
