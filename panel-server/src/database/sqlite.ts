import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { StartError } from '@catalyst/shared/node/start-error';
import { DataSource } from 'typeorm';
import type { Logger } from '../logger.ts';
import type { OpenDatabase } from './data-source.ts';
import type { ExpectedData } from './expected-data.ts';
import { hasPendingMigrations, type OpenOptions } from './open-options.ts';
import { ormLogger } from './orm-logger.ts';
import { backUpBeforeMigration, backUpDaily } from './sqlite-backups.ts';
import { createSqliteFile, inspectSqliteFile, sqlitePaths } from './sqlite-file.ts';
import { separateTransactions } from './sqlite-gate.ts';
import { lockSqlite } from './sqlite-lock.ts';
import { SqliteReserve } from './sqlite-reserve.ts';

/** Opens `panel/catalyst.sqlite` in the data folder, making it when there is none; alone, until closed. */
export async function openSqlite(
  dataDir: string,
  options: OpenOptions,
  expected: ExpectedData,
  log: Logger,
): Promise<OpenDatabase> {
  const paths = sqlitePaths(join(dataDir, 'panel'));
  await mkdir(paths.folder, { recursive: true, mode: 0o700 });
  const { default: Database } = await import('better-sqlite3');
  const lock = lockSqlite(Database, paths);
  try {
    if (!existsSync(paths.file)) createSqliteFile(Database, paths, expected);
    const { applied } = inspectSqliteFile(Database, paths, expected);
    const isPending = hasPendingMigrations(options, applied, paths.file);
    if (applied.length > 0) {
      if (isPending) await backUpBeforeMigration(Database, paths, log);
      else await backUpDaily(Database, paths, log);
    }
    const dataSource = new DataSource({
      ...options,
      type: 'better-sqlite3',
      logger: ormLogger(log),
      driver: Database,
      database: paths.file,
      fileMustExist: true,
      prepareDatabase: (database: InstanceType<typeof Database>) => {
        database.pragma('journal_mode = WAL');
        // An acknowledged change survives a power cut.
        database.pragma('synchronous = FULL');
        database.pragma('busy_timeout = 5000');
      },
    });
    await dataSource.initialize();
    separateTransactions(dataSource);
    try {
      if (isPending) await dataSource.runMigrations();
    } catch (cause) {
      await dataSource.destroy();
      throw new StartError(`${paths.file} could not be brought up to this version; it is as it was before.`, {
        cause,
      });
    }
    const reserve = new SqliteReserve(dataSource, paths.folder, log);
    return {
      dataSource,
      kind: 'sqlite',
      close: async () => {
        await reserve.close();
        await dataSource.destroy();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}
