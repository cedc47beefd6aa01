import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { id, integer, nullable, reference, text, time } from '../tables.ts';

/** Which states servers have been in, since when, and because of whom. */
export class ServerTransitions implements MigrationInterface {
  readonly name = 'server-transitions-0000000000013';

  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'server_transitions',
        columns: [
          id(),
          text('serverId'),
          time('at'),
          nullable(text('previous')),
          text('state'),
          nullable(text('reason')),
          nullable(text('reasonText')),
          nullable(integer('exitCode')),
          text('actorKind'),
          nullable(text('actorName')),
        ],
        foreignKeys: [reference('serverId', 'servers', 'CASCADE')],
        indices: [
          { name: 'server_transitions_server', columnNames: ['serverId', 'id'] },
          { name: 'server_transitions_time', columnNames: ['at'] },
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('server_transitions');
  }
}
