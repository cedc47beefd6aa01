import type { IncomingMessage } from 'node:http';
import { pipeline, Transform } from 'node:stream';
import { AppError } from '@catalyst/shared/contract/errors';
import { type AgentPull, mostPullsTold } from '@catalyst/shared/features/pulls-link';
import type { Logger } from '../../logger.ts';
import { receiveFile, refuseUnexpected } from '../calls/receive-file.ts';
import type { ServerDirectory } from '../server-directory.ts';
import { joinPath } from '../server-path.ts';
import { nameOfAnswer } from './name-of-answer.ts';

export interface PullWish {
  pullId: string;
  serverId: string;
  url: string;
  folder: Buffer;
  name: Buffer | undefined;
  replace: boolean;
  allowedNetworks: readonly string[];
}

interface Pull {
  told: AgentPull;
  stop: AbortController;
}

const mostAtOnce = { onServer: 3, onNode: 10 };
const longestMs = 6 * 3_600_000;
const tellEveryMs = 500;
const cancelled = new AppError('conflict', 'It was cancelled');

/** Files that come from the web, straight from the other side to the disk. What ends one leaves nothing of it. */
export class FilePulls {
  readonly #log: Logger;
  readonly #mayGoOn: (serverId: string) => boolean;
  readonly #pulls = new Map<string, Pull>();
  #listener: ((pull: AgentPull) => void) | null = null;

  /** `mayGoOn` says whether the files of a server are still open to people. */
  constructor(log: Logger, mayGoOn: (serverId: string) => boolean) {
    this.#log = log;
    this.#mayGoOn = mayGoOn;
  }

  /** Is told of everything that happens from now on; null for nobody. */
  listen(listener: ((pull: AgentPull) => void) | null): void {
    this.#listener = listener;
  }

  /** Resolves when the other side has begun to send; rejects with what is wrong with it, and nothing was begun then. */
  async start(directory: ServerDirectory, wish: PullWish): Promise<AgentPull> {
    const { pullId, serverId, url, folder, replace } = wish;
    this.#refuseTooMany(serverId);
    const stop = new AbortController();
    const told: AgentPull = {
      ...{ id: pullId, serverId, source: withoutSecrets(url), pathBase64: folder.toString('base64') },
      ...{ status: 'running', doneBytes: 0, totalBytes: null, error: null, startedAt: Date.now() },
    };
    const pull = { told, stop };
    this.#pulls.set(pullId, pull);
    try {
      const { type } = await directory.stat(folder, { links: 'follow' });
      if (type !== 'folder') throw new AppError('invalid_input', 'There is no folder where this should go');
      const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(longestMs)]);
      const { fetchPublic } = await import('./fetch-public.ts');
      const answer = await fetchPublic(url, wish.allowedNetworks, signal);
      const { body } = answer;
      try {
        const path = joinPath(folder, wish.name ?? nameOfAnswer(body.headers, answer.url));
        told.pathBase64 = path.toString('base64');
        told.totalBytes = lengthOf(body);
        await refuseUnexpected(directory, path, { replace });
        // Only to see whether it fits: each piece is reserved when it comes, since others write meanwhile.
        if (told.totalBytes !== null) directory.quota.reserve(told.totalBytes)[Symbol.dispose]();
        void this.#run(directory, path, pull, body, replace);
        return { ...told };
      } catch (error) {
        body.destroy();
        throw error;
      }
    } catch (error) {
      this.#pulls.delete(pullId);
      throw stop.signal.aborted ? cancelled : error;
    }
  }

  list(serverId: string): AgentPull[] {
    const all = [...this.#pulls.values()].map(({ told }) => told);
    return all.filter((told) => told.serverId === serverId).slice(-mostPullsTold);
  }

  /** Nothing happens to one that has ended. Throws `not_found`. */
  cancel(serverId: string, pullId: string): void {
    const pull = this.#pulls.get(pullId);
    if (pull?.told.serverId !== serverId) throw new AppError('not_found', 'There is no such download');
    pull.stop.abort(cancelled);
  }

  close(): void {
    for (const { stop } of this.#pulls.values()) stop.abort(cancelled);
  }

  async #run(
    directory: ServerDirectory,
    path: Buffer,
    { told, stop }: Pull,
    body: IncomingMessage,
    replace: boolean,
  ): Promise<void> {
    const counted = new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        told.doneBytes += chunk.length;
        done(null, chunk);
      },
    });
    const ticks = setInterval(() => {
      if (this.#mayGoOn(told.serverId)) this.#tell(told);
      else stop.abort(cancelled);
    }, tellEveryMs);
    // How it ended is told by the writing.
    pipeline(body, counted, () => {});
    try {
      await receiveFile(directory, path, counted, { replace });
      told.status = 'succeeded';
      told.totalBytes = told.doneBytes;
    } catch (error) {
      const isCancelled = stop.signal.aborted;
      told.status = isCancelled ? 'cancelled' : 'failed';
      told.error = isCancelled ? null : sentenceOf(error, told.source);
      if (!isCancelled && !(error instanceof AppError)) {
        this.#log.warn({ err: error, serverId: told.serverId }, 'A file from the web could not be fetched');
      }
    } finally {
      clearInterval(ticks);
      body.destroy();
    }
    this.#tell(told);
    this.#forgetOldest();
  }

  #tell(told: AgentPull): void {
    this.#listener?.({ ...told });
  }

  #refuseTooMany(serverId: string): void {
    const running = [...this.#pulls.values()].filter(({ told }) => told.status === 'running');
    const here = running.filter(({ told }) => told.serverId === serverId);
    if (running.length < mostAtOnce.onNode && here.length < mostAtOnce.onServer) return;
    throw new AppError('limit_reached', 'Too many files are on their way already; wait for one of them');
  }

  #forgetOldest(): void {
    const ended = [...this.#pulls].filter(([, { told }]) => told.status !== 'running');
    for (const [id] of ended.slice(0, Math.max(0, ended.length - mostPullsTold))) this.#pulls.delete(id);
  }
}

/** Null when the other side does not say, or says what cannot be. */
function lengthOf({ headers }: IncomingMessage): number | null {
  const length = Number(headers['content-length'] ?? Number.NaN);
  return Number.isSafeInteger(length) && length >= 0 ? length : null;
}

function sentenceOf(error: unknown, source: string): NonNullable<AgentPull['error']> {
  if (error instanceof AppError) return { code: error.code, message: error.message };
  return { code: 'unavailable', message: `${new URL(source).host} broke off before the end` };
}

function withoutSecrets(address: string): string {
  const url = new URL(address);
  return `${url.origin}${url.pathname}`;
}
