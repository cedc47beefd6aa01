import { unlink } from 'node:fs/promises';
import { AppError } from '@catalyst/shared/contract/errors';
import { errorCode, toFileError } from '../files/file-errors.ts';
import { Quota } from '../files/quota.ts';
import { openServerDirectory, type ServerDirectory } from '../files/server-directory.ts';
import { removeExpiredUploads } from '../files/uploads/expired-uploads.ts';
import { oneAtATime } from '../one-at-a-time.ts';
import type { ServerRecord } from './server-record.ts';

/** The folder with a server's files, opened when it is first needed. */
export class ServerFolder {
  readonly path: string;
  readonly #record: ServerRecord;
  readonly #quota: Quota;
  readonly #oneAtATime = oneAtATime();
  #directory: ServerDirectory | null = null;
  #isMeasured = false;

  constructor(path: string, record: ServerRecord) {
    this.path = path;
    this.#record = record;
    this.#quota = new Quota(limitOf(record));
  }

  /** The same door for everybody, or two counts of the disk would be kept. */
  open(ifMissing: 'create' | 'refuse'): Promise<ServerDirectory> {
    return this.#oneAtATime(async () => {
      const { uid } = this.#record;
      const owner = uid === null ? {} : { uid, gid: uid };
      const options = { ...owner, quota: this.#quota, ifMissing };
      this.#directory ??= await openServerDirectory(this.path, options);
      return this.#directory;
    });
  }

  /** The limit of the disk has changed. */
  updateLimit(): void {
    this.#quota.setLimit(limitOf(this.#record));
  }

  /** Bytes on the disk, null when there is no folder. */
  async measure(signal?: AbortSignal): Promise<number | null> {
    try {
      const directory = await this.open('refuse');
      // After an agent that was killed.
      if (!this.#isMeasured) await directory.removeLeftovers(signal);
      await removeExpiredUploads(directory);
      const { allocatedBytes } = await directory.recount(signal);
      this.#isMeasured = true;
      return allocatedBytes;
    } catch (error) {
      if (error instanceof AppError && error.code === 'unavailable') return null;
      throw error;
    }
  }

  /**
   * Bytes on the disk when they are more than the limit, else null. Measured only when that was never done, or to see
   * whether it is still so: a big folder costs seconds.
   */
  async overuse(signal?: AbortSignal): Promise<number | null> {
    const isWithin = () => this.#quota.usedBytes <= this.#quota.limitBytes;
    if (this.#isMeasured && isWithin()) return null;
    const usedBytes = await this.measure(signal);
    return usedBytes === null || usedBytes <= this.#quota.limitBytes ? null : usedBytes;
  }

  /** With everything in it, for good. What a game has put in its place goes, too, and never what that leads to. */
  async destroy(signal?: AbortSignal): Promise<void> {
    // What is there now counts, not what was opened once.
    await this.close();
    const directory = await this.open('refuse').catch(async (error: unknown) => {
      if (!(error instanceof AppError && error.code === 'unavailable')) throw error;
      await this.#unlink(error);
      return null;
    });
    await directory?.destroy(signal);
    this.#directory = null;
  }

  async close(): Promise<void> {
    await this.#oneAtATime(async () => {
      await this.#directory?.close();
      this.#directory = null;
    });
  }

  /** A folder is none of these: that it cannot be opened must be told. */
  async #unlink(whyNotOpened: AppError): Promise<void> {
    try {
      await unlink(this.path);
    } catch (error) {
      const code = errorCode(error);
      if (code === 'ENOENT') return;
      throw code === 'EISDIR' || code === 'EPERM' ? whyNotOpened : toFileError(error);
    }
  }
}

function limitOf({ spec }: ServerRecord): number {
  return spec.limits.diskMb * 1024 * 1024;
}
