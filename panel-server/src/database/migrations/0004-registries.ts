import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { boolean, id, nullable, text, time } from '../tables.ts';

export class Registries implements MigrationInterface {
  readonly name = 'registries-0000000000004';

  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'registries',
        columns: [
          id(),
          text('host'),
          boolean('plainHttp'),
          nullable(text('username')),
          nullable(text('sealedPassword')),
          text('version'),
          time('createdAt'),
          time('updatedAt'),
        ],
        uniques: [{ name: 'registries_host', columnNames: ['host'] }],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('registries');
  }
}
