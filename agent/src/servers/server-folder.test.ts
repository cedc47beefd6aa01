import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { uploadNames } from '../files/temporary-name.ts';
import { describeUnless, noPosix } from '../testing/describe-unless.ts';
import { fakeSpec } from '../testing/server-specs.ts';
import { ServerFolder } from './server-folder.ts';
import type { ServerRecord } from './server-record.ts';

describeUnless(noPosix, 'the first measurement of a folder', () => {
  it('takes away what a killed agent has left, and uploads that nobody goes on with', async () => {
    const root = mkdtempSync(join(tmpdir(), 'catalyst-folder-'));
    const names = ['01890000-0000-7000-8000-000000000001', '01890000-0000-7000-8000-000000000002'].map(
      uploadNames,
    );
    for (const { record, part } of names)
      for (const name of [record, part]) writeFileSync(join(root, name), '{}');
    writeFileSync(join(root, `.catalyst-${'0'.repeat(24)}.tmp`), 'half');
    writeFileSync(join(root, 'world'), 'kept');
    const longAgo = Date.now() / 1000 - 25 * 3600;
    const [old] = names;
    for (const name of Object.values(old ?? {})) utimesSync(join(root, name), longAgo, longAgo);
    const folder = new ServerFolder(root, { uid: null, spec: fakeSpec([]) } as unknown as ServerRecord);
    try {
      expect(await folder.measure()).toBeGreaterThan(0);
      expect(readdirSync(root).sort()).toEqual([names[1]?.part, names[1]?.record, 'world']);
    } finally {
      await folder.close();
      rmSync(root, { recursive: true });
    }
  });
});
