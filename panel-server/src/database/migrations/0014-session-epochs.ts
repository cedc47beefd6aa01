import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whether a user's sessions were ended since a sign-in began. */
export class SessionEpochs implements MigrationInterface {
  readonly name = 'session-epochs-0000000000014';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE users ADD COLUMN "sessionEpoch" integer NOT NULL DEFAULT 0');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE users DROP COLUMN "sessionEpoch"');
  }
}
