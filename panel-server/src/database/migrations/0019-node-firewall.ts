import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whether a node's agent opens the machine's firewall for servers; not on nodes that are there already. */
export class NodeFirewall implements MigrationInterface {
  readonly name = 'node-firewall-0000000000019';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE nodes ADD COLUMN "opensFirewall" boolean NOT NULL DEFAULT false');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE nodes DROP COLUMN "opensFirewall"');
  }
}
