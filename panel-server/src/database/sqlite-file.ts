import {
  chmodSync,
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { StartError } from '@catalyst/shared/node/start-error';
import type Database from 'better-sqlite3';
import { type ExpectedData, howToAcceptLoss, refuseLostData } from './expected-data.ts';

export interface SqlitePaths {
  folder: string;
  file: string;
  lock: string;
  backups: string;
  /** Beside every database that was in use; says how far it went. */
  auditHead: string;
}

export const sqlitePaths = (folder: string): SqlitePaths => ({
  folder,
  file: join(folder, 'catalyst.sqlite'),
  lock: join(folder, 'catalyst.lock'),
  backups: join(folder, 'database-backups'),
  auditHead: join(folder, 'audit-head.json'),
});

/** Marks a file as ours: "Ctly". */
const applicationId = 0x43746c79;
/** Larger files are checked in part, so that a start stays within seconds. */
const fullCheckBytes = 512 * 1024 * 1024;
const smallTables = ['users', 'roles', 'sessions', 'settings', 'servers', 'nodes', 'migrations'];

/** Makes the empty file under another name first, so that a file of 0 bytes always means damage. */
export function createSqliteFile(Sqlite: typeof Database, paths: SqlitePaths, expected: ExpectedData): void {
  const log = `${paths.file}-wal`;
  const isLogLeft = existsSync(log) && statSync(log).size > 0;
  const wasThere = isLogLeft || existsSync(paths.auditHead) || listBackups(paths).length > 0;
  if (wasThere && !expected.acceptLoss) {
    throw new StartError(
      `${paths.file} is missing, but there was one. ${howToAcceptLoss} ${howToRestore(paths)} ` +
        `To start with an empty panel instead, move ${paths.folder} away.`,
    );
  }
  // A log of another file beside it would be read as part of the new one.
  if (isLogLeft) renameSync(log, `${paths.file}.broken-wal`);
  const unfinished = `${paths.file}.new`;
  rmSync(unfinished, { force: true });
  const database = new Sqlite(unfinished);
  database.pragma(`application_id = ${applicationId}`);
  database.pragma('journal_mode = WAL');
  database.close();
  // The files SQLite makes beside it get the same mode.
  chmodSync(unfinished, 0o600);
  renameSync(unfinished, paths.file);
}

/** Refuses whatever is not a sound database of ours; never changes the file. Gives the migrations it has seen. */
export function inspectSqliteFile(
  Sqlite: typeof Database,
  paths: SqlitePaths,
  expected: ExpectedData,
): { applied: string[] } {
  const sizeBytes = refuseForeignHeader(paths);
  const { finding, applied, lastAuditSeq = 0 } = readSqliteFile(Sqlite, paths, sizeBytes);
  if (finding) throw refusal(paths, finding);
  refuseLostData(paths.file, lastAuditSeq, expected, howToRestore(paths));
  refuseReadOnly(Sqlite, paths);
  return { applied };
}

/** Reads without the right to write: closing an ordinary connection would move the log's pages into the file. */
function readSqliteFile(
  Sqlite: typeof Database,
  paths: SqlitePaths,
  sizeBytes: number,
): { finding?: string; applied: string[]; lastAuditSeq?: number } {
  let database: Database | undefined;
  try {
    database = new Sqlite(paths.file, { readonly: true, timeout: 5000 });
    const damage = findDamage(database, sizeBytes);
    if (damage) return { finding: `is damaged (${damage})`, applied: [] };
    if (database.pragma('application_id', { simple: true }) !== applicationId) {
      return { finding: 'is a database of another program', applied: [] };
    }
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all();
    if (!tables.includes('migrations')) return { applied: [] };
    const applied = database.prepare('SELECT name FROM migrations').pluck().all() as string[];
    if (!tables.includes('audit_entries')) return { applied };
    const lastAuditSeq = database.prepare('SELECT max(seq) FROM audit_entries').pluck().get() as
      | number
      | null;
    return { applied, lastAuditSeq: lastAuditSeq ?? 0 };
  } catch (error) {
    return { finding: `is damaged (${(error as Error).message})`, applied: [] };
  } finally {
    database?.close();
  }
}

function refuseForeignHeader(paths: SqlitePaths): number {
  let sizeBytes: number;
  const header = Buffer.alloc(16);
  try {
    sizeBytes = statSync(paths.file).size;
    const descriptor = openSync(paths.file, 'r');
    readSync(descriptor, header, 0, 16, 0);
    closeSync(descriptor);
  } catch (cause) {
    throw new StartError(`${paths.file} cannot be read: ${(cause as Error).message}`, { cause });
  }
  if (sizeBytes === 0) throw refusal(paths, 'is empty (0 bytes)');
  if (header.toString('latin1') !== 'SQLite format 3\0')
    throw refusal(paths, 'is damaged: it is not a SQLite file');
  return sizeBytes;
}

function findDamage(database: Database, sizeBytes: number): string | undefined {
  const isSmall = sizeBytes <= fullCheckBytes;
  const checks = isSmall ? ['quick_check(1)'] : smallTables.map((table) => `quick_check(${table})`);
  for (const check of checks) {
    const [finding] = database.pragma(check) as { quick_check: string }[];
    if (finding && finding.quick_check !== 'ok') return finding.quick_check;
  }
  return undefined;
}

function refuseReadOnly(Sqlite: typeof Database, paths: SqlitePaths): void {
  let database: Database | undefined;
  try {
    // SQLite begins a transaction on a file that it cannot write, and fails at the first change.
    for (const path of [paths.file, `${paths.file}-wal`, `${paths.file}-shm`].filter((path) =>
      existsSync(path),
    )) {
      closeSync(openSync(path, 'r+'));
    }
    database = new Sqlite(paths.file, { fileMustExist: true, timeout: 5000 });
    database.exec('BEGIN IMMEDIATE; ROLLBACK');
  } catch (cause) {
    throw new StartError(`${paths.file} cannot be written: ${(cause as Error).message}`, { cause });
  } finally {
    database?.close();
  }
}

const refusal = (paths: SqlitePaths, what: string) =>
  new StartError(`${paths.file} ${what}. The panel leaves it untouched. ${howToRestore(paths)}`);

/** Newest first. */
export function listBackups(paths: SqlitePaths): string[] {
  if (!existsSync(paths.backups)) return [];
  return readdirSync(paths.backups)
    .filter((name) => name.endsWith('.sqlite'))
    .sort()
    .reverse()
    .map((name) => join(paths.backups, name));
}

/** The exact command that puts the newest backup in place and keeps the bad file beside it. */
function howToRestore(paths: SqlitePaths): string {
  const [newest] = listBackups(paths);
  if (!newest) return `There is no backup in ${paths.backups}.`;
  const { file } = paths;
  const isWindows = process.platform === 'win32';
  const quote = (path: string) => (isWindows ? `"${path}"` : `'${path.replaceAll("'", "'\\''")}'`);
  const move = isWindows ? 'move /y' : 'mv -f';
  const putAside = ['', '-wal', '-shm']
    .filter((suffix) => existsSync(file + suffix))
    .map((suffix) => `${move} ${quote(file + suffix)} ${quote(`${file}.broken${suffix}`)}`);
  // It speaks of the lost database; the copy is older.
  if (existsSync(paths.auditHead)) {
    putAside.push(`${move} ${quote(paths.auditHead)} ${quote(`${paths.auditHead}.broken`)}`);
  }
  const commands = [...putAside, `${isWindows ? 'copy' : 'cp'} ${quote(newest)} ${quote(file)}`];
  return `To go back to the newest backup, run: ${commands.join(' && ')}`;
}
