import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { reference, text, time } from '../tables.ts';

/** How people sort their servers, which are whose favourites, and whose files stay when they are deleted. */
export class ServerLabels implements MigrationInterface {
  readonly name = 'server-labels-0000000000015';

  async up(runner: QueryRunner): Promise<void> {
    for (const [table, column, type] of columns) {
      await runner.query(`ALTER TABLE ${table} ADD COLUMN "${column}" ${type}`);
    }
    await runner.createTable(
      new Table({
        name: 'server_favourites',
        columns: [
          { ...text('userId'), isPrimary: true },
          { ...text('serverId'), isPrimary: true },
          time('createdAt'),
        ],
        foreignKeys: [reference('userId', 'users', 'CASCADE'), reference('serverId', 'servers', 'CASCADE')],
        indices: [{ name: 'server_favourites_server', columnNames: ['serverId'] }],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('server_favourites');
    for (const [table, column] of columns) {
      await runner.query(`ALTER TABLE ${table} DROP COLUMN "${column}"`);
    }
  }
}

const columns = [
  ['servers', 'tags', `text NOT NULL DEFAULT ''`],
  ['servers', 'group', 'text'],
  ['servers', 'notes', `text NOT NULL DEFAULT ''`],
  ['operations', 'keepAs', 'text'],
  ['server_tombstones', 'keepAs', 'text'],
] as const;
