import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whether an installation begins by wiping the files; how a crash ended, and what was printed last before it. */
export class ReinstallsAndCrashes implements MigrationInterface {
  readonly name = 'reinstalls-and-crashes-0000000000018';

  async up(runner: QueryRunner): Promise<void> {
    for (const [table, column, kind] of columns) {
      await runner.query(`ALTER TABLE ${table} ADD COLUMN "${column}" ${kind}`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [table, column] of columns) {
      await runner.query(`ALTER TABLE ${table} DROP COLUMN "${column}"`);
    }
  }
}

const columns = [
  ['operations', 'wipesFirst', 'boolean NOT NULL DEFAULT false'],
  ['server_transitions', 'signal', 'text'],
  ['server_transitions', 'outOfMemory', 'boolean NOT NULL DEFAULT false'],
  ['server_transitions', 'lastLines', 'text'],
];
