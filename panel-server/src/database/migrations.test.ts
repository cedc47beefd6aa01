import { describe, expect, it } from 'vitest';
import { createLogger } from '../logger.ts';
import { createPostgresDatabase, testDatabases, testPanel } from '../testing/test-panel.ts';
import { entities, migrations, openDatabase } from './data-source.ts';

describe.each(testDatabases)('the tables on %s', (database) => {
  it('have exactly the columns of the entities', async () => {
    const test = await testPanel({ database });
    const runner = test.panel.core.database.createQueryRunner();
    try {
      for (const { tableName, columns } of test.panel.core.database.entityMetadatas) {
        const table = await runner.getTable(tableName);
        const described = columns.map(({ databaseName, isNullable }) => `${databaseName} ${isNullable}`);
        expect(
          table?.columns.map(({ name, isNullable }) => `${name} ${isNullable}`).sort(),
          tableName,
        ).toEqual(described.sort());
      }
    } finally {
      await runner.release();
      await test.close();
    }
  });

  it('can be taken down again, one change after the other', async () => {
    const test = await testPanel({ database });
    try {
      for (const _ of migrations) await test.panel.core.database.undoLastMigration();
      const runner = test.panel.core.database.createQueryRunner();
      for (const { options } of entities)
        expect(await runner.hasTable(options.tableName as string)).toBe(false);
      await runner.release();
    } finally {
      await test.close();
    }
  });
});

describe.skipIf(!testDatabases.includes('postgres'))('on Postgres (skipped without it)', () => {
  const log = createLogger('silent');

  it('two panels that start at once make the tables once', async () => {
    const { url, drop } = await createPostgresDatabase();
    try {
      const open = () => openDatabase({ databaseUrl: url, dataDir: '' } as never, log);
      const opened = await Promise.all([open(), open(), open()]);
      const [{ count }] = await opened[0].dataSource.query('SELECT count(*)::int AS count FROM migrations');
      expect(count).toBe(migrations.length);
      for (const { close } of opened) await close();
    } finally {
      await drop();
    }
  });

  it('a database of another program, or of a newer version, is refused', async () => {
    const { url, drop } = await createPostgresDatabase();
    try {
      const open = () => openDatabase({ databaseUrl: url, dataDir: '' } as never, log);
      const first = await open();
      await first.dataSource.query(
        `INSERT INTO migrations (timestamp, name) VALUES (9999999999999, 'from-the-future-9999999999999')`,
      );
      await first.close();
      await expect(open()).rejects.toThrow('written by a newer version of Catalyst');
      const foreign = await createPostgresDatabase();
      const { default: pg } = await import('pg');
      const client = new pg.Client({ connectionString: foreign.url });
      await client.connect();
      await client.query('CREATE TABLE recipes (name TEXT)');
      await client.end();
      await expect(openDatabase({ databaseUrl: foreign.url, dataDir: '' } as never, log)).rejects.toThrow(
        'holds tables of another program (such as "recipes")',
      );
      await foreign.drop();
    } finally {
      await drop();
    }
  });

  it('one that does not answer is named without its password', async () => {
    const opening = openDatabase(
      { databaseUrl: 'postgres://me:canary@127.0.0.1:1/nowhere', dataDir: '' } as never,
      log,
    );
    await expect(opening).rejects.toThrow(
      /^The database 127\.0\.0\.1:1\/nowhere cannot be reached: .*ECONNREFUSED/,
    );
  });
});
