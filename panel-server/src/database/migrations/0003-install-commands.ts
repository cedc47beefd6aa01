import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a deployment secret is for: those made before all enrol. */
export class InstallCommands implements MigrationInterface {
  readonly name = 'install-commands-0000000000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "deployment_tokens" ADD COLUMN "purpose" text NOT NULL DEFAULT 'enrol'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "deployment_tokens" DROP COLUMN "purpose"`);
  }
}
