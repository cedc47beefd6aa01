import { rm } from 'node:fs/promises';
import { AppError } from '@catalyst/shared/contract/errors';
import { writeFileAtomically } from '@catalyst/shared/node/write-file-atomically';
import type { ServerRecord } from './server-record.ts';

/**
 * A server's record and its file. The record is changed in memory at once; `save` says when all changes so far are on
 * the disk. Changes made while a write is under way go out together with the next.
 */
export class RecordFile {
  readonly record: ServerRecord;
  readonly #path: string;
  #writing: Promise<void> = Promise.resolve();
  #next: Promise<void> | null = null;
  #isGone = false;

  constructor(path: string, record: ServerRecord) {
    this.#path = path;
    this.record = record;
  }

  /** Rejects (`disk_full`, `unavailable`) when the disk does not take it; the next save tries again. */
  save(): Promise<void> {
    this.#next ??= this.#writeAfterCurrent();
    return this.#next;
  }

  /** For good. */
  async delete(): Promise<void> {
    this.#isGone = true;
    await this.#writing.catch(() => {});
    for (const path of [`${this.#path}.bak`, this.#path]) await rm(path, { force: true });
  }

  async #writeAfterCurrent(): Promise<void> {
    await this.#writing.catch(() => {});
    this.#next = null;
    if (this.#isGone) return;
    this.#writing = this.#write();
    await this.#writing;
  }

  async #write(): Promise<void> {
    try {
      await writeFileAtomically(this.#path, JSON.stringify(this.record), { keepPrevious: true });
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException;
      if (code === 'ENOSPC' || code === 'EDQUOT') {
        throw new AppError('disk_full', 'The disk of this node is full', { cause });
      }
      throw new AppError('unavailable', `The agent cannot write to its data folder: ${message}`, { cause });
    }
  }
}
