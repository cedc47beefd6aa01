import { chmodSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DataFolder, prepareDataFolder, unreachableReason } from './data-folder.ts';
import { notRoot } from './testing/describe-unless.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';

const mode = (path: string) => statSync(path).mode & 0o777;

describe('the data folder', () => {
  it('lets servers pass through to their own folders and nowhere else, whatever the umask', async () => {
    const folder = new DataFolder(join(temporaryFolder(), 'data'));
    const before = process.umask(0o077);
    try {
      await prepareDataFolder(folder);
    } finally {
      process.umask(before);
    }
    expect([join(folder.path, '..'), folder.path, folder.servers].map(mode)).toEqual([0o711, 0o711, 0o711]);
    for (const path of [folder.identity, folder.state, folder.run, folder.history, folder.backups]) {
      expect(mode(path), path).toBe(0o700);
    }
    expect(await unreachableReason(folder)).toBeNull();
  });

  it('is cleared of what killed writes have left', async () => {
    const folder = new DataFolder(temporaryFolder());
    await prepareDataFolder(folder);
    const draft = join(folder.state, 'server-x.json.0123456789ab.draft');
    writeFileSync(draft, 'half');
    await prepareDataFolder(folder);
    expect(existsSync(draft)).toBe(false);
  });

  it('says when servers cannot reach it', async ({ skip }) => {
    skip(notRoot !== null, 'needs root, whose servers are other users');
    const home = join(temporaryFolder(), 'home');
    mkdirSync(home, { mode: 0o700 });
    const folder = new DataFolder(join(home, 'data'));
    await prepareDataFolder(folder);
    expect(await unreachableReason(folder)).toContain(`because ${home} is closed to other users`);
    chmodSync(home, 0o711);
    expect(await unreachableReason(folder)).toBeNull();
  });

  it('that cannot be made is refused with a sentence', async () => {
    const path = join(temporaryFolder(), 'file');
    writeFileSync(path, '');
    await expect(prepareDataFolder(new DataFolder(path))).rejects.toThrow('cannot be used');
  });
});
