import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who suspended a server, and why. */
export class Suspensions implements MigrationInterface {
  readonly name = 'suspensions-0000000000012';

  async up(runner: QueryRunner): Promise<void> {
    for (const column of columns) await runner.query(`ALTER TABLE servers ADD COLUMN "${column}" text`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const column of columns) await runner.query(`ALTER TABLE servers DROP COLUMN "${column}"`);
  }
}

const columns = ['suspendedById', 'suspendedByName', 'suspensionReason'];
