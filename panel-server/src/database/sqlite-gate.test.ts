import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SettingEntity } from '../features/settings/setting.entity.ts';
import { type TestPanel, testDatabases, testPanel } from '../testing/test-panel.ts';
import { inTransaction } from './sqlite-gate.ts';

describe.each(testDatabases)('transactions on %s', (kind) => {
  let test: TestPanel;
  beforeAll(async () => {
    test = await testPanel({ database: kind });
  });
  afterAll(() => test.close());

  const database = () => test.panel.core.database;
  const row = (name: string) => ({ name, value: 1, updatedAt: new Date() }) as never;
  const has = (name: string) => database().getRepository(SettingEntity).existsBy({ name });

  it('do not take other people’s changes back with them', async () => {
    let failNow = () => {};
    const failing = new Promise<void>((resolve) => {
      failNow = resolve;
    });
    const transaction = inTransaction(database(), async (manager) => {
      await manager.insert(SettingEntity, row('inside'));
      await failing;
      throw new Error('changed its mind');
    });
    const outside = database().getRepository(SettingEntity).insert(row('outside'));
    setImmediate(failNow);
    await expect(transaction).rejects.toThrow('changed its mind');
    await outside;
    expect(await has('inside')).toBe(false);
    expect(await has('outside')).toBe(true);
  });

  it('run side by side in any number', async () => {
    const names = Array.from({ length: 50 }, (_, index) => `many ${index}`);
    const results = await Promise.allSettled(
      names.map((name, index) =>
        inTransaction(database(), async (manager) => {
          await manager.insert(SettingEntity, row(name));
          if (index % 2 === 1) throw new Error('odd');
        }),
      ),
    );
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(25);
    for (const [index, name] of names.entries()) expect(await has(name)).toBe(index % 2 === 0);
  });

  it('say so when a transaction is begun inside one', async () => {
    const nested = inTransaction(database(), () => inTransaction(database(), async () => {}));
    await expect(nested).rejects.toThrow('went past its manager');
    await database().getRepository(SettingEntity).insert(row('goes on'));
  });

  it('say so on SQLite when a query goes past the manager', async () => {
    const astray = inTransaction(database(), () => database().query('SELECT 1'));
    if (kind === 'sqlite') await expect(astray).rejects.toThrow('went past its manager');
    else await expect(astray).resolves.toBeDefined();
    await database()
      .getRepository(SettingEntity)
      .insert(row(`goes on after ${kind}`));
  });
});
