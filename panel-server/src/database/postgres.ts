import { setTimeout as delay } from 'node:timers/promises';
import { StartError } from '@catalyst/shared/node/start-error';
import type { Client } from 'pg';
import { DataSource } from 'typeorm';
import type { Logger } from '../logger.ts';
import type { OpenDatabase } from './data-source.ts';
import { hasPendingMigrations, type OpenOptions } from './open-options.ts';
import { ormLogger } from './orm-logger.ts';

/** Any number, the same in every panel. */
export const migrationLock = 4_374_427;
const lockWaitMs = 60_000;

/** Opens a Postgres database; one panel at a time brings it up to this version, others wait for it. */
export async function openPostgres(url: string, options: OpenOptions, log: Logger): Promise<OpenDatabase> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  const where = `The database ${databaseName(url)}`;
  try {
    await client.connect();
  } catch (cause) {
    throw new StartError(`${where} cannot be reached: ${(cause as Error).message}`, { cause });
  }
  const dataSource = new DataSource({
    ...options,
    type: 'postgres',
    logger: ormLogger(log),
    driver: pg,
    url,
    installExtensions: false,
    applicationName: 'catalyst-panel',
    extra: { max: 10, connectionTimeoutMillis: 10_000, idleTimeoutMillis: 30_000 },
    poolErrorHandler: (err: unknown) => log.warn({ err }, 'A database connection was lost'),
  });
  try {
    await takeMigrationLock(client, where, log);
    const isPending = hasPendingMigrations(options, await appliedMigrations(client, where), where);
    await dataSource.initialize();
    if (isPending) await dataSource.runMigrations();
  } catch (cause) {
    if (dataSource.isInitialized) await dataSource.destroy();
    if (cause instanceof StartError) throw cause;
    throw new StartError(`${where} could not be brought up to this version: ${(cause as Error).message}`, {
      cause,
    });
  } finally {
    await client.end();
  }
  return { dataSource, kind: 'postgres', close: () => dataSource.destroy() };
}

async function takeMigrationLock(client: Client, where: string, log: Logger): Promise<void> {
  const deadline = performance.now() + lockWaitMs;
  for (let isFirst = true; ; isFirst = false) {
    const { rows } = await client.query('SELECT pg_try_advisory_lock($1) AS taken', [migrationLock]);
    if (rows[0].taken) return;
    if (isFirst) log.info('Waiting for another panel that is bringing the database up to date');
    if (performance.now() > deadline) {
      throw new StartError(`${where} has been locked by another panel for ${lockWaitMs / 1000} s.`);
    }
    await delay(200);
  }
}

async function appliedMigrations(client: Client, where: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'",
  );
  if (rows.length === 0) return [];
  if (!rows.some(({ name }) => name === 'migrations')) {
    throw new StartError(
      `${where} holds tables of another program (such as "${rows[0]?.name}"). Give Catalyst a database of its own.`,
    );
  }
  const applied = await client.query<{ name: string }>('SELECT name FROM migrations');
  return applied.rows.map(({ name }) => name);
}

/** Without the credentials. */
function databaseName(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}
