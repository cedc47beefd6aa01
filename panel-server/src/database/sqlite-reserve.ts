import { statfs } from 'node:fs/promises';
import type { DataSource } from 'typeorm';
import type { Logger } from '../logger.ts';

/** Thousands of orders and sign-ins with their audit entries. */
const reserveBytes = 4 * 1024 * 1024;
const chunkBytes = 256 * 1024;
const firstLookMs = 1000;
const lookEveryMs = 10 * 60_000;

/**
 * Room inside the database that no other program can fill: free pages in its file, which are used before it grows, and
 * a log that has its full size. So on a full disk people can still sign in and stop the game that filled it.
 */
export class SqliteReserve {
  readonly #database: DataSource;
  readonly #folder: string;
  readonly #log: Logger;
  #timer: NodeJS.Timeout;
  #looking: Promise<void> = Promise.resolve();
  #isClosed = false;
  #hasLog = false;

  constructor(database: DataSource, folder: string, log: Logger) {
    this.#database = database;
    this.#folder = folder;
    this.#log = log;
    this.#timer = this.#lookIn(firstLookMs);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#looking;
  }

  #lookIn(ms: number): NodeJS.Timeout {
    return setTimeout(() => {
      this.#looking = this.#look()
        .catch((err: unknown) => this.#log.warn({ err }, 'No room in the database could be set aside'))
        .finally(() => {
          if (!this.#isClosed) this.#timer = this.#lookIn(lookEveryMs);
        });
    }, ms).unref();
  }

  async #look(): Promise<void> {
    // The log is a new one after each start.
    if (this.#hasLog && (await this.#freeBytes()) >= reserveBytes / 2) return;
    const { bavail, bsize } = await statfs(this.#folder);
    if (bavail * bsize < reserveBytes * 4) return;
    // A panel that was killed may have left it.
    await this.#database.query('DROP TABLE IF EXISTS reserve');
    await this.#database.query('CREATE TABLE reserve (room BLOB)');
    try {
      // In pieces, so that nobody waits for the whole.
      for (let bytes = 0; bytes < reserveBytes && !this.#isClosed; bytes += chunkBytes) {
        await this.#database.query(`INSERT INTO reserve VALUES (zeroblob(${chunkBytes}))`);
      }
      // From the log into the file, which has its full size only then.
      await this.#database.query('PRAGMA wal_checkpoint(PASSIVE)');
    } finally {
      await this.#database.query('DROP TABLE reserve');
    }
    this.#hasLog = true;
  }

  async #freeBytes(): Promise<number> {
    const [{ freelist_count: pages }] = await this.#database.query('PRAGMA freelist_count');
    const [{ page_size: pageBytes }] = await this.#database.query('PRAGMA page_size');
    return pages * pageBytes;
  }
}
