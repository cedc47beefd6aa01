import { chmodSync, renameSync, rmSync } from 'node:fs';
import { mkdir, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { StartError } from '@catalyst/shared/node/start-error';
import type Database from 'better-sqlite3';
import type { Logger } from '../logger.ts';
import { listBackups, type SqlitePaths } from './sqlite-file.ts';

/** A larger file is not copied at each day's start: that would keep people waiting. */
const dailyMaxBytes = 64 * 1024 * 1024;
const dayMs = 24 * 3_600_000;
const keep = 7;
/** These are kept for good. */
const beforeUpdate = '-before-update.sqlite';

/** A copy at a start, at most one a day and while that is quick, so that there is something to go back to. */
export async function backUpDaily(Sqlite: typeof Database, paths: SqlitePaths, log: Logger): Promise<void> {
  const [newest] = listBackups(paths);
  if (newest && Date.now() - (await stat(newest)).mtimeMs < dayMs) return;
  if ((await stat(paths.file)).size > dailyMaxBytes) return;
  try {
    await backUp(Sqlite, paths, '.sqlite');
    const daily = listBackups(paths).filter((path) => !path.endsWith(beforeUpdate));
    for (const old of daily.slice(keep)) await rm(old);
  } catch (err) {
    log.warn({ err }, 'The database could not be backed up');
  }
}

/** A copy of the whole database, complete or not there, before a migration touches it. */
export async function backUpBeforeMigration(
  Sqlite: typeof Database,
  paths: SqlitePaths,
  log: Logger,
): Promise<void> {
  const { size } = await stat(paths.file);
  const { bavail, bsize } = await statfs(paths.folder);
  if (bavail * bsize < size * 2) {
    throw new StartError(
      `The database must be brought up to this version, which needs ${Math.ceil((size * 2) / 1e6)} MB of free space in ${paths.folder}.`,
    );
  }
  const backup = await backUp(Sqlite, paths, beforeUpdate);
  log.info({ backup }, 'Database backed up before it is brought up to this version');
}

async function backUp(Sqlite: typeof Database, paths: SqlitePaths, suffix: string): Promise<string> {
  await mkdir(paths.backups, { recursive: true, mode: 0o700 });
  const target = join(paths.backups, new Date().toISOString().replaceAll(':', '-') + suffix);
  const unfinished = join(paths.backups, 'unfinished');
  rmSync(unfinished, { force: true });
  const database = new Sqlite(paths.file, { fileMustExist: true });
  try {
    database.prepare('VACUUM INTO ?').run(unfinished);
    chmodSync(unfinished, 0o600);
    verify(Sqlite, unfinished);
    renameSync(unfinished, target);
  } finally {
    database.close();
  }
  return target;
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
