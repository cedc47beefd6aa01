import { chmodSync, renameSync, rmSync } from 'node:fs';
import { mkdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import type { Logger } from '../logger.ts';
import { StartError } from '../start-error.ts';
import type { SqlitePaths } from './sqlite-file.ts';

/** A copy of the whole database, complete or not there, before a migration touches it. */
export async function backUpBeforeMigration(
  Sqlite: typeof Database,
  paths: SqlitePaths,
  log: Logger,
): Promise<void> {
  await mkdir(paths.backups, { recursive: true, mode: 0o700 });
  const { size } = await stat(paths.file);
  const { bavail, bsize } = await statfs(paths.folder);
  if (bavail * bsize < size * 2) {
    throw new StartError(
      `The database must be brought up to this version, which needs ${Math.ceil((size * 2) / 1e6)} MB of free space in ${paths.folder}.`,
    );
  }
  const target = join(paths.backups, `${new Date().toISOString().replaceAll(':', '-')}.sqlite`);
  const database = new Sqlite(paths.file, { fileMustExist: true });
  try {
    const unfinished = `${target}.part`;
    rmSync(unfinished, { force: true });
    database.prepare('VACUUM INTO ?').run(unfinished);
    chmodSync(unfinished, 0o600);
    verify(Sqlite, unfinished);
    renameSync(unfinished, target);
  } finally {
    database.close();
  }
  log.info({ backup: target }, 'Database backed up before it is brought up to this version');
}

function verify(Sqlite: typeof Database, path: string): void {
  const copy = new Sqlite(path, { readonly: true });
  try {
    const [finding] = copy.pragma('quick_check(1)') as { quick_check: string }[];
    if (finding?.quick_check !== 'ok') {
      throw new StartError(
        `The backup before bringing the database up to date is not sound: ${finding?.quick_check}`,
      );
    }
  } finally {
    copy.close();
  }
}
