import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { id, nullable, reference, text, time } from '../tables.ts';

/** The public keys by which people come in by SFTP. */
export class SshKeys implements MigrationInterface {
  readonly name = 'ssh-keys-0000000000020';

  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'ssh_keys',
        columns: [
          id(),
          text('userId'),
          text('name'),
          text('type'),
          text('fingerprint'),
          text('publicKey'),
          time('createdAt'),
          nullable(time('lastUsedAt')),
        ],
        uniques: [{ name: 'ssh_keys_of_user', columnNames: ['userId', 'fingerprint'] }],
        foreignKeys: [reference('userId', 'users', 'CASCADE')],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('ssh_keys');
  }
}
