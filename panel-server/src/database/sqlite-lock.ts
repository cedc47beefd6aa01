import { StartError } from '@catalyst/shared/node/start-error';
import type Database from 'better-sqlite3';
import type { SqlitePaths } from './sqlite-file.ts';

/**
 * Keeps a second panel off the same file: a lock of the operating system on a file beside it, which ends with the
 * process however it ends.
 */
export function lockSqlite(Sqlite: typeof Database, paths: SqlitePaths): { release(): void } {
  const lock = new Sqlite(paths.lock, { timeout: 0 });
  try {
    lock.pragma('journal_mode = DELETE');
    lock.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    lock.close();
    const isBusy = (cause as { code?: string }).code?.startsWith('SQLITE_BUSY');
    throw new StartError(
      isBusy
        ? `Another panel is already running on ${paths.file}. Stop it first, or give this one a CATALYST_DATA_DIR of its own.`
        : `${paths.lock} cannot be locked: ${(cause as Error).message}`,
      { cause },
    );
  }
  return { release: () => lock.close() };
}
