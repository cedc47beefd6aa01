import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * On Postgres, which several programs may reach, the audit log only grows: whoever gets hold of the panel's connection
 * must first take down what refuses him. Only a transaction that says it is the archive's takes entries out.
 */
export class AppendOnlyAudit implements MigrationInterface {
  readonly name = 'append-only-audit-0000000000009';

  async up(runner: QueryRunner): Promise<void> {
    if (!isPostgres(runner)) return;
    await runner.query(`
      CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF TG_OP <> 'DELETE' OR current_setting('catalyst.audit_archive', true) IS DISTINCT FROM 'on' THEN
          RAISE EXCEPTION 'The audit log only grows: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NULL;
      END $$`);
    // By statement, so that even one that finds no row is refused.
    await runner.query(`
      CREATE TRIGGER audit_entries_only_grow BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    if (!isPostgres(runner)) return;
    await runner.query('DROP TRIGGER audit_entries_only_grow ON audit_entries');
    await runner.query('DROP FUNCTION refuse_audit_change()');
  }
}

const isPostgres = ({ dataSource }: QueryRunner) => dataSource.options.type === 'postgres';
