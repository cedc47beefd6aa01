import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whether an installation begins by wiping the server's files. */
export class WipedInstallations implements MigrationInterface {
  readonly name = 'wiped-installations-0000000000019';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE operations ADD COLUMN "wipesFirst" boolean NOT NULL DEFAULT false');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE operations DROP COLUMN "wipesFirst"');
  }
}
