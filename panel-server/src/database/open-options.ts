import { StartError } from '@catalyst/shared/node/start-error';
import type { EntitySchema, MigrationInterface } from 'typeorm';

/** What both kinds of database are opened with. */
export interface OpenOptions {
  entities: EntitySchema[];
  migrations: (new () => MigrationInterface)[];
  migrationsTableName: string;
  migrationsTransactionMode: 'each';
}

export const migrationNames = (options: OpenOptions): string[] =>
  options.migrations.map((Migration) => new Migration().name ?? Migration.name);

/** Refuses a database that a newer version has changed; tells whether this version has something to change. */
export function hasPendingMigrations(options: OpenOptions, applied: string[], where: string): boolean {
  const known = new Set(migrationNames(options));
  const unknown = applied.filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw new StartError(
      `${where} was written by a newer version of Catalyst (it holds the change "${unknown[0]}"). ` +
        'Start that version or a newer one; this one leaves the database as it is.',
    );
  }
  return [...known].some((name) => !applied.includes(name));
}
