import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from '@catalyst/shared/node/start-error';
import { describe, expect, it } from 'vitest';
import { testDatabases, testPanel } from '../testing/test-panel.ts';

describe.each(testDatabases)('lost keys beside a %s database in use', (database) => {
  it.each([['panel-key.pem'], ['secrets.key'], ['']])('keep the panel from starting (%s)', async (name) => {
    const test = await testPanel({ database });
    await test.panel.close();
    const path = join(test.dataDir, 'panel', 'identity', name);
    rmSync(path, { recursive: true });
    for (let attempt = 0; attempt < 2; attempt++) {
      const error = await test.restart().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(StartError);
      expect((error as StartError).message).toContain('missing, but the database is in use (2 users, ');
    }
    test.config.acceptDataLoss = true;
    await test.restart();
    expect(existsSync(path)).toBe(true);
    test.config.acceptDataLoss = false;
    await test.restart();
    expect((await test.admin.api.sessions.me()).name).toBe('admin');
    await test.close();
  });
});
