import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Where somebody has signed in before is remembered beside the failures. */
export class SignInRecords implements MigrationInterface {
  readonly name = 'sign-in-records-0000000000011';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE sign_in_failures RENAME TO sign_in_records');
    await runner.query('ALTER TABLE sign_in_records RENAME COLUMN "lastFailureAt" TO "lastAttemptAt"');
    await runner.query('ALTER TABLE sign_in_records ADD COLUMN "lastSuccessAt" bigint');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE sign_in_records DROP COLUMN "lastSuccessAt"');
    await runner.query('ALTER TABLE sign_in_records RENAME COLUMN "lastAttemptAt" TO "lastFailureAt"');
    await runner.query('ALTER TABLE sign_in_records RENAME TO sign_in_failures');
  }
}
