import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { id, integer, json, nullable, text, time } from '../tables.ts';

/** Templates of one's own, and each version of them there was. */
export class Templates implements MigrationInterface {
  readonly name = 'templates-0000000000010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'templates',
        columns: [
          id(),
          integer('version'),
          json('template'),
          nullable(json('egg')),
          time('createdAt'),
          time('updatedAt'),
        ],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'template_versions',
        columns: [
          { ...text('templateId'), isPrimary: true },
          { ...integer('version'), isPrimary: true },
          json('template'),
          nullable(text('actorId')),
          text('actorName'),
          time('createdAt'),
        ],
        foreignKeys: [
          {
            columnNames: ['templateId'],
            referencedTableName: 'templates',
            referencedColumnNames: ['id'],
            onDelete: 'CASCADE',
          },
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('template_versions');
    await runner.dropTable('templates');
  }
}
