import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { testPanel } from '../testing/test-panel.ts';

const nobody = 65_534;

it.skipIf(process.getuid?.() !== 0)(
  'a database that its user cannot write is refused with a sentence (skipped unless root, who can be another user)',
  async () => {
    const test = await testPanel();
    await test.panel.close();
    const entries = readdirSync(test.dataDir, { recursive: true, encoding: 'utf8' });
    for (const path of ['', ...entries]) chownSync(join(test.dataDir, path), nobody, nobody);
    chmodSync(join(test.dataDir, 'panel', 'catalyst.sqlite'), 0o400);
    const main = fileURLToPath(new URL('../main.ts', import.meta.url));
    const { status, stderr } = spawnSync(process.execPath, [main], {
      env: { CATALYST_DATA_DIR: test.dataDir, CATALYST_PORT: '0', CATALYST_LOG_LEVEL: 'error' },
      uid: nobody,
      gid: nobody,
      encoding: 'utf8',
      timeout: 20_000,
    });
    expect(stderr).toMatch(/^Catalyst cannot start\. .*catalyst\.sqlite cannot be written: EACCES.*\n$/);
    expect(status).toBe(1);
    await test.close();
  },
);
