import { expect, it } from 'vitest';
import { ArchiveLimits } from './archive-limits.ts';
import { KnownPaths } from './known-paths.ts';

it('counts the folders that only paths imply', () => {
  const known = new KnownPaths(new ArchiveLimits(1000));
  const below = Array.from({ length: 98 }, () => Buffer.from('d'));
  const add = (index: number) => {
    const names = [Buffer.from(`${index}`), ...below, Buffer.from('x')];
    known.add(names, { path: Buffer.from(`${index}`), type: 'file' });
  };
  for (let index = 0; index < 1000; index += 1) add(index);
  expect(() => {
    for (let index = 1000; index < 1020; index += 1) add(index);
  }).toThrow('more than 100000 entries');
});
