import type { DataSource } from 'typeorm';

/** What the owner of a Postgres database can do first, and the panel's code never does. SQLite refuses nothing. */
export async function allowTampering(database: DataSource): Promise<void> {
  if (database.options.type !== 'postgres') return;
  await database.query('ALTER TABLE audit_entries DISABLE TRIGGER USER');
}
