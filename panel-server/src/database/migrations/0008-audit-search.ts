import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who acted through which key and on which server, what the panel signed, and what the log is searched by. */
export class AuditSearch implements MigrationInterface {
  readonly name = 'audit-search-0000000000008';

  async up(runner: QueryRunner): Promise<void> {
    for (const column of columns) await runner.query(`ALTER TABLE audit_entries ADD COLUMN "${column}" text`);
    await runner.query(`UPDATE audit_entries SET "serverId" = "targetId" WHERE "targetKind" = 'server'`);
    for (const [name] of formerIndexes) await runner.query(`DROP INDEX ${name}`);
    for (const [name, of] of indexes) await runner.query(`CREATE INDEX ${name} ON audit_entries ${of}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [name] of indexes) await runner.query(`DROP INDEX ${name}`);
    for (const [name, of] of formerIndexes) await runner.query(`CREATE INDEX ${name} ON audit_entries ${of}`);
    for (const column of columns) await runner.query(`ALTER TABLE audit_entries DROP COLUMN "${column}"`);
  }
}

const columns = ['keyId', 'keyName', 'serverId', 'signature'];

const formerIndexes = [
  ['audit_entries_actor', '("actorId", seq)'],
  ['audit_entries_target', '("targetId", seq)'],
] as const;

/** Each in the order of the list, so that a page is read off its index; rows that nobody finds by it are left out. */
const indexes = [
  ['audit_by_time', '(at, seq)'],
  ['audit_by_action', '(action, at, seq)'],
  ['audit_by_actor', '("actorId", at, seq) WHERE "actorId" IS NOT NULL'],
  ['audit_by_actor_name', '("actorName", at, seq) WHERE "actorName" IS NOT NULL'],
  ['audit_by_key', '("keyId", at, seq) WHERE "keyId" IS NOT NULL'],
  ['audit_by_target', '("targetId", at, seq) WHERE "targetId" IS NOT NULL'],
  ['audit_by_target_name', '("targetName", at, seq) WHERE "targetName" IS NOT NULL'],
  ['audit_by_server', '("serverId", at, seq) WHERE "serverId" IS NOT NULL'],
  ['audit_by_ip', '(ip, at, seq) WHERE ip IS NOT NULL'],
  ['audit_failures', `(at, seq) WHERE outcome = 'failure'`],
  ['audit_of_others', `("actorKind", at, seq) WHERE "actorKind" <> 'user'`],
  ['audit_on_others', `("targetKind", at, seq) WHERE "targetKind" <> 'server'`],
] as const;
