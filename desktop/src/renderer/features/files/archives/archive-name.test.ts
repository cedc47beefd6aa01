import { expect, it } from 'vitest';
import { archiveStem, isArchiveName, newArchiveStem } from './archive-name.ts';

it.each([
  ['world.zip', 'world'],
  ['world.TAR.GZ', 'world'],
  ['backup.2026.tar.zst', 'backup.2026'],
  ['plugin.jar', 'plugin'],
])('takes %s for an archive of %s', (name, stem) => {
  expect(isArchiveName(name)).toBe(true);
  expect(archiveStem(name)).toBe(stem);
});

it.each(['level.dat', 'log.gz', '.zip', 'zip', 'a.zip.txt'])('takes %s for none', (name) => {
  expect(isArchiveName(name)).toBe(false);
  expect(archiveStem(name)).toBe(name);
});

it('names a new archive after the one thing in it, else after the folder', () => {
  expect(newArchiveStem(['world'], 'saves')).toBe('world');
  expect(newArchiveStem(['world', 'plugins'], 'saves')).toBe('saves');
  expect(newArchiveStem(['world', 'plugins'], '')).toBe('archive');
});
