import {
  lstatSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openServerDirectory } from './server-directory.ts';
import { makeSandbox, openDescriptors } from './testing/sandbox.ts';

const strategies =
  process.platform === 'linux' ? (['descriptors', 'checked_paths'] as const) : (['checked_paths'] as const);

test.for(strategies)('sets times of files, folders and the root, held by %s', async (strategy) => {
  using sandbox = makeSandbox();
  await using directory = await openServerDirectory(sandbox.root, { strategy });
  writeFileSync(join(sandbox.root, 'f'), 'x');
  mkdirSync(join(sandbox.root, 'd'));
  symlinkSync('f', join(sandbox.root, 'link'));
  const linkBefore = lstatSync(join(sandbox.root, 'link')).mtimeMs;
  const accessedAt = new Date('2001-02-03T04:05:06.789Z');
  const modifiedAt = new Date('1999-01-01T00:00:00.123Z');
  for (const path of ['link', 'd', '']) {
    await directory.setTimes(path, { accessedAt, modifiedAt });
    const stats = statSync(join(sandbox.root, path));
    expect([stats.atime, stats.mtime]).toEqual([accessedAt, modifiedAt]);
  }
  expect(lstatSync(join(sandbox.root, 'link')).mtimeMs).toBe(linkBefore);
  expect((await directory.stat('f')).modifiedAt).toEqual(modifiedAt);
  await directory.setTimes('f', { modifiedAt: new Date(0) });
  expect(statSync(join(sandbox.root, 'f')).atime).toEqual(accessedAt);
  await expect(directory.setTimes('f', { modifiedAt: new Date('x') })).rejects.toMatchObject({
    code: 'bad_request',
  });
});

test('cuts a file shorter, frees its quota and never makes a hole', async () => {
  using sandbox = makeSandbox();
  await using directory = await openServerDirectory(sandbox.root);
  await directory.write('f', Buffer.alloc(100_000, 1));
  await directory.truncate('f', 3);
  expect(readFileSync(join(sandbox.root, 'f'))).toEqual(Buffer.alloc(3, 1));
  expect(directory.quota.usedBytes).toBe((await directory.diskUsage('f')).allocatedBytes);
  for (const sizeBytes of [4, 2 ** 62, -1, 0.5]) {
    await expect(directory.truncate('f', sizeBytes)).rejects.toMatchObject({ code: 'invalid_input' });
  }
  expect(statSync(join(sandbox.root, 'f')).size).toBe(3);
});

test('tells checksums as others do, refuses other algorithms, and stops when told', async () => {
  using sandbox = makeSandbox();
  await using directory = await openServerDirectory(sandbox.root);
  writeFileSync(join(sandbox.root, 'f'), 'abc');
  const hexes = {
    sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    sha1: 'a9993e364706816aba3e25717850c26c9cd0d89d',
    md5: '900150983cd24fb0d6963f7d28e17f72',
  } as const;
  for (const [algorithm, hex] of Object.entries(hexes)) {
    expect(await directory.checksum('f', algorithm as 'md5')).toEqual({ hex, sizeBytes: 3 });
  }
  await expect(directory.checksum('f', 'crc' as 'md5')).rejects.toMatchObject({ code: 'bad_request' });

  truncateSync(join(sandbox.root, 'f'), 2 ** 40);
  const before = openDescriptors().length;
  const abort = new AbortController();
  const summing = directory.checksum('f', 'sha256', abort.signal);
  setImmediate(() => abort.abort());
  await expect(summing).rejects.toThrow(/aborted/);
  expect(openDescriptors().length).toBe(before);
});
