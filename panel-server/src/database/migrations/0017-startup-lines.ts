import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which of its template's startup lines a server is started by. */
export class StartupLines implements MigrationInterface {
  readonly name = 'startup-lines-0000000000017';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE servers ADD COLUMN "startupLine" text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE servers DROP COLUMN "startupLine"');
  }
}
