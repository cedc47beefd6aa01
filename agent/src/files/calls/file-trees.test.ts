import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeUnless, noPosix } from '../../testing/describe-unless.ts';
import { codeOfCall, linkedServer, toBase64 } from './testing/linked-server.ts';

const into = (paths: string[], to: string, more: object = {}) => ({
  pathsBase64: paths.map(toBase64),
  toBase64: toBase64(to),
  ...more,
});

describeUnless(noPosix, 'trees of a server', () => {
  it('are copied into a folder, also under another name', async () => {
    const { files, root } = await linkedServer();
    mkdirSync(join(root, 'world', 'region'), { recursive: true });
    mkdirSync(join(root, 'backup'));
    writeFileSync(join(root, 'world', 'region', 'r.0.0.mca'), 'chunks');
    writeFileSync(join(root, 'a'), 'a');
    symlinkSync('/etc', join(root, 'world', 'out'));
    const copied = await files('files:copy', into(['world', 'a'], 'backup'));
    expect(copied).toMatchObject({ copiedBytes: 7, skippedCount: 1 });
    expect(copied.skipped).toEqual([{ pathBase64: toBase64('world/out'), reason: 'leads_outside' }]);
    expect(readFileSync(join(root, 'backup/world/region/r.0.0.mca'), 'utf8')).toBe('chunks');
    expect(readFileSync(join(root, 'a'), 'utf8')).toBe('a');
    await files('files:copy', into(['a'], '', { newNameBase64: toBase64('a copy') }));
    expect(readFileSync(join(root, 'a copy'), 'utf8')).toBe('a');
    for (const name of ['x/y', '..', '']) {
      const copy = files('files:copy', into(['a'], '', { newNameBase64: toBase64(name) }));
      expect(await codeOfCall(copy), name).toBe('bad_request');
    }
  });

  it('are moved into a folder as a whole or not at all, and what is in the way is named', async () => {
    const { files, root } = await linkedServer();
    for (const folder of ['mods', 'old']) mkdirSync(join(root, folder));
    for (const file of ['a', 'b', 'c', 'mods/b', 'old/c']) writeFileSync(join(root, file), file);
    await expect(files('files:move', into(['a', 'b'], 'mods'))).rejects.toMatchObject({
      ...{ code: 'conflict', issues: [{ path: 'paths.1', message: 'b is there already' }] },
    });
    await expect(files('files:move', into(['c', 'old/c'], 'mods'))).rejects.toMatchObject({
      ...{ code: 'conflict', issues: [{ path: 'paths.1', message: 'c is given twice' }] },
    });
    expect(readdirSync(join(root, 'mods'))).toEqual(['b']);
    await files('files:move', into(['a', 'b'], 'mods', { replace: true }));
    expect(readdirSync(root).sort()).toEqual(['c', 'mods', 'old']);
    expect(readFileSync(join(root, 'mods/b'), 'utf8')).toBe('b');
    expect(await codeOfCall(files('files:move', into(['mods'], 'mods')))).toBe('bad_request');
    expect(await codeOfCall(files('files:move', into(['c'], 'nowhere')))).toBe('not_found');
    expect(await codeOfCall(files('files:move', into(['mods'], 'c')))).toBe('invalid_input');
    expect(await codeOfCall(files('files:copy', into([''], 'old')))).toBe('bad_request');
  });

  it('are searched by names and by lines, for as many as were asked', async () => {
    const { files, root } = await linkedServer();
    mkdirSync(join(root, 'plugins/Essentials'), { recursive: true });
    writeFileSync(join(root, 'plugins/Essentials/config.yml'), 'one\nmotd: Hello\nmotd: Again\n');
    writeFileSync(join(root, 'server.properties'), 'motd=Hello');
    const names = { name: 'CONFIG', isCaseSensitive: false, most: 10 };
    const byName = await files('files:search-names', { pathBase64: toBase64('plugins'), ...names });
    expect(byName).toMatchObject({
      endedBy: 'end',
      found: [{ pathBase64: toBase64('Essentials/config.yml'), type: 'file', sizeBytes: 28 }],
    });
    const lines = { text: '^motd.', isRegularExpression: true, isCaseSensitive: true, most: 2 };
    const byLine = await files('files:search-contents', { pathBase64: '', ...lines });
    expect(byLine.endedBy).toBe('matches');
    expect(byLine.found).toHaveLength(2);
    const all = await files('files:search-contents', { pathBase64: '', ...lines, most: 10 });
    expect(all.found).toContainEqual({
      ...{ pathBase64: toBase64('plugins/Essentials/config.yml'), line: 3, text: 'motd: Again' },
    });
    const broken = files('files:search-contents', { pathBase64: '', ...lines, text: '(' });
    expect(await codeOfCall(broken)).toBe('bad_request');
  });

  it('are searched for no more than fits into an answer', async () => {
    const { files, root } = await linkedServer();
    const folder = join(root, ...Array.from({ length: 10 }, () => 'f'.repeat(200)));
    mkdirSync(folder, { recursive: true });
    for (let index = 0; index < 400; index += 1) writeFileSync(join(folder, `${index}.txt`), '');
    const query = { pathBase64: '', name: '*.txt', isCaseSensitive: false, most: 1000 };
    const { found, endedBy } = await files('files:search-names', query);
    expect(endedBy).toBe('matches');
    expect(found.length).toBeGreaterThan(100);
    expect(JSON.stringify(found).length).toBeLessThan(1_000_000);
  });

  it('are measured, have checksums, and times', async () => {
    const { files, root } = await linkedServer();
    mkdirSync(join(root, 'world'));
    writeFileSync(join(root, 'world/level.dat'), 'level');
    const level = { pathBase64: toBase64('world/level.dat') };
    expect(await files('files:usage', { pathBase64: toBase64('world') })).toMatchObject({
      ...{ fileCount: 1, folderCount: 1, mountCount: 0 },
    });
    expect(await files('files:checksum', { ...level, algorithm: 'sha256' })).toEqual({
      hex: createHash('sha256').update('level').digest('hex'),
      sizeBytes: 5,
    });
    const folder = { pathBase64: toBase64('world'), algorithm: 'md5' } as const;
    expect(await codeOfCall(files('files:checksum', folder))).toBe('invalid_input');
    expect(await files('files:times', { ...level, modifiedAt: 86_400_000 })).toMatchObject({
      modifiedAt: 86_400_000,
    });
    expect(statSync(join(root, 'world/level.dat')).mtimeMs).toBe(86_400_000);
  });
});
