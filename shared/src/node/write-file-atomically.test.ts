import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { createFileAtomically, isDraftName, writeFileAtomically } from './write-file-atomically.ts';

describe('writeFileAtomically', () => {
  it('replaces a file, keeps the one before when asked, and leaves nothing else', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'file');
    await writeFileAtomically(path, 'one');
    await writeFileAtomically(path, 'two', { keepPrevious: true });
    await writeFileAtomically(path, 'three', { keepPrevious: true });
    expect(readFileSync(path, 'utf8')).toBe('three');
    expect(readFileSync(`${path}.bak`, 'utf8')).toBe('two');
    expect(readdirSync(folder).sort()).toEqual(['file', 'file.bak']);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('leaves the old file and no draft when it fails', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'file');
    mkdirSync(path);
    await expect(writeFileAtomically(path, 'new')).rejects.toThrow();
    expect(readdirSync(folder)).toEqual(['file']);
  });

  it('shows readers the old or the new content, never a mix', async () => {
    const path = join(temporaryFolder(), 'file');
    const contents = ['a', 'b'].map((letter) => letter.repeat(200_000));
    await writeFileAtomically(path, contents[0] as string);
    let isWriting = true;
    const writing = (async () => {
      for (let round = 0; round < 30; round++) await writeFileAtomically(path, contents[round % 2] as string);
      isWriting = false;
    })();
    let reads = 0;
    for (; isWriting; reads++) {
      expect(contents).toContain(readFileSync(path, 'utf8'));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await writing;
    expect(reads).toBeGreaterThan(10);
  });
});

describe('createFileAtomically', () => {
  it('lets only one of several be first', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'file');
    const results = await Promise.all(
      ['one', 'two', 'three'].map((text) => createFileAtomically(path, text)),
    );
    expect(results.filter(Boolean)).toHaveLength(1);
    expect(['one', 'two', 'three'][results.indexOf(true)]).toBe(readFileSync(path, 'utf8'));
    expect(readdirSync(folder).filter(isDraftName)).toEqual([]);
  });
});
