import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction } from '../../database/sqlite-gate.ts';
import { type TestPanel, testDatabases, testPanel } from '../../testing/test-panel.ts';

describe.skipIf(!testDatabases.includes('postgres'))('the audit log on Postgres', () => {
  let test: TestPanel;
  beforeAll(async () => {
    test = await testPanel({ database: 'postgres' });
    const entry = { action: 'test.entry', outcome: 'success', actor: { kind: 'system' } } as const;
    for (let index = 0; index < 3; index++) await test.panel.core.audit.record(entry);
  });
  afterAll(() => test.close());

  const archiveMark = `SET LOCAL catalyst.audit_archive = 'on'`;
  const firstRow = `DELETE FROM audit_entries WHERE seq = 1`;
  const count = async () => {
    const [{ count }] = await test.panel.core.database.query(
      'SELECT count(*)::int AS count FROM audit_entries',
    );
    return count;
  };
  const refusal = (word: string) => ({
    message: `The audit log only grows: ${word} is refused`,
    driverError: { code: '42501' },
  });

  it.each([
    ['UPDATE', `UPDATE audit_entries SET "actorName" = 'somebody else' WHERE seq = 2`],
    ['UPDATE', `UPDATE audit_entries SET "actorName" = 'somebody else' WHERE seq = 99`],
    [
      'UPDATE',
      `INSERT INTO audit_entries SELECT * FROM audit_entries WHERE seq = 2 ON CONFLICT (seq) DO UPDATE SET "actorName" = 'x'`,
    ],
    ['DELETE', firstRow],
    ['DELETE', 'DELETE FROM audit_entries'],
    ['TRUNCATE', 'TRUNCATE audit_entries'],
  ])('refuses the panel’s own role an %s (%s)', async (word, sql) => {
    await expect(test.panel.core.database.query(sql)).rejects.toMatchObject(refusal(word));
    expect(await count()).toBe(3);
    expect(await test.panel.core.audit.verify()).toMatchObject({ brokenAt: null });
  });

  it('refuses even the archive all but taking entries out', async () => {
    for (const [word, sql] of [
      ['UPDATE', `UPDATE audit_entries SET "actorName" = 'somebody else'`],
      ['TRUNCATE', 'TRUNCATE audit_entries'],
    ] as const) {
      const asArchive = inTransaction(test.panel.core.database, async (manager) => {
        await manager.query(archiveMark);
        await manager.query(sql);
      });
      await expect(asArchive).rejects.toMatchObject(refusal(word));
    }
  });

  it('lets a transaction of the archive take entries out, and no later one on the same connection', async () => {
    const runner = test.panel.core.database.createQueryRunner();
    try {
      await runner.startTransaction();
      await runner.query(archiveMark);
      await runner.query(firstRow);
      await runner.commitTransaction();
      expect(await count()).toBe(2);
      await expect(runner.query('DELETE FROM audit_entries')).rejects.toMatchObject(refusal('DELETE'));
    } finally {
      await runner.release();
    }
  });
});
