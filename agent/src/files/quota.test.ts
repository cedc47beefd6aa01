import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { chunkBytes, Quota } from './quota.ts';
import { openServerDirectory } from './server-directory.ts';
import { makeSandbox } from './testing/sandbox.ts';

describe('the count', () => {
  test('takes, settles and gives back', () => {
    const quota = new Quota(1000);
    const reservation = quota.reserve(400);
    reservation.grow(600);
    expect(quota.freeBytes).toBe(0);
    expect(() => reservation.grow(1)).toThrow(
      expect.objectContaining({ code: 'quota_exceeded', status: 507 }),
    );
    reservation.settle(700);
    expect(quota.usedBytes).toBe(700);
    {
      using _dropped = quota.reserve(300);
      expect(quota.usedBytes).toBe(1000);
    }
    expect(quota.usedBytes).toBe(700);
    quota.release(9999);
    expect(quota.usedBytes).toBe(0);
  });

  test.each([-1, 0.5, Number.NaN, 2 ** 53, 2 ** 62, Number.MAX_VALUE, Number.POSITIVE_INFINITY])(
    'refuses %d bytes',
    (bytes) => {
      const quota = new Quota();
      expect(() => quota.reserve(bytes)).toThrow();
      expect(() => quota.release(bytes)).toThrow();
      expect(quota.usedBytes).toBe(0);
    },
  );

  test('refuses everything but deleting once the limit is below what is used', () => {
    const quota = new Quota(100, 80);
    quota.setLimit(50);
    expect(() => quota.reserve(1)).toThrow(/disk space/);
    quota.release(40);
    quota.reserve(10);
    expect(quota.usedBytes).toBe(50);
  });

  test('becomes what a scan finds when nothing happens meanwhile', () => {
    const quota = new Quota(1000, 10);
    quota.beginScan().finish(600);
    expect(quota.usedBytes).toBe(600);
    quota.beginScan().finish(5);
    expect(quota.usedBytes).toBe(5);
  });

  test('keeps what is written or deleted during a scan, whether the scan saw it or not', () => {
    const quota = new Quota(1000, 100);
    const before = quota.reserve(50);
    const scan = quota.beginScan();
    quota.reserve(30).settle(30);
    quota.release(20);
    scan.finish(100);
    expect(quota.usedBytes).toBe(160);
    before.settle(50);
    quota.beginScan().finish(160);
    expect(quota.usedBytes).toBe(160);
  });

  test('is corrected during a scan by no more than what is uncertain', () => {
    const quota = new Quota(1e9, 100);
    const scan = quota.beginScan();
    quota.reserve(30).settle(30);
    scan.finish(5000);
    expect(quota.usedBytes).toBe(5000);
    const again = quota.beginScan();
    quota.reserve(30).settle(30);
    again.finish(0);
    expect(quota.usedBytes).toBe(30);
  });
});

describe('through the door', () => {
  test('only one of twenty parallel writers gets the last free byte', async () => {
    using sandbox = makeSandbox();
    const quota = new Quota(1);
    await using directory = await openServerDirectory(sandbox.root, { quota });
    const writes = Array.from({ length: 20 }, (_, index) => directory.write(`f${index}`, Buffer.from('x')));
    const results = await Promise.allSettled(writes);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'quota_exceeded' });
    }
    expect(readdirSync(sandbox.root)).toHaveLength(1);
  });

  test('never passes the limit by more than a chunk, whatever is written in parallel', async () => {
    using sandbox = makeSandbox();
    const limit = 6 * chunkBytes;
    const quota = new Quota(limit);
    await using directory = await openServerDirectory(sandbox.root, { quota });
    const data = Buffer.alloc(2.5 * chunkBytes, 1);
    const writes = Array.from({ length: 8 }, (_, index) =>
      directory.write(`f${index}`, data, { isDurable: false }),
    );
    let isWriting = true;
    const watching = (async () => {
      while (isWriting) {
        const { allocatedBytes } = await directory.diskUsage('');
        expect(allocatedBytes).toBeLessThanOrEqual(limit + chunkBytes);
      }
    })();
    const results = await Promise.allSettled(writes);
    isWriting = false;
    await watching;
    expect(results.some(({ status }) => status === 'rejected')).toBe(true);
    const before = quota.usedBytes;
    const { allocatedBytes } = await directory.recount();
    expect(quota.usedBytes).toBe(allocatedBytes);
    // The root itself is the only thing that was not made through the door.
    expect(allocatedBytes - before).toBe(statSync(sandbox.root).blocks * 512);
  });

  test('counts replacing, renaming over, deleting and folders as du does', async () => {
    using sandbox = makeSandbox();
    await using directory = await openServerDirectory(sandbox.root);
    await directory.recount();
    const steps = [
      () => directory.makeFolder('a/b/c', { isRecursive: true }),
      () => directory.write('a/f', Buffer.alloc(100_000, 1)),
      () => directory.write('a/f', Buffer.alloc(50_000, 1)),
      () => directory.write('a/g', Buffer.alloc(70_000, 1)),
      () => directory.rename('a/g', 'a/f', { ifExists: 'replace' }),
      () => directory.write('a/b/c/h', Buffer.from('x')),
      () => directory.delete('a/b'),
      () => Promise.all([1, 2, 3, 4].map((count) => directory.write('a/f', Buffer.alloc(count * 10_000, 1)))),
      () => directory.delete('a'),
    ];
    for (const step of steps) {
      await step();
      expect(directory.quota.usedBytes).toBe((await directory.diskUsage('')).allocatedBytes);
    }
  });

  test('charges no holes, and lets nobody fill those of the game for nothing', async () => {
    using sandbox = makeSandbox();
    const quota = new Quota(3 * chunkBytes);
    await using directory = await openServerDirectory(sandbox.root, { quota });
    const sparse = join(sandbox.root, 'sparse');
    writeFileSync(sparse, '');
    truncateSync(sparse, 2 ** 40);
    expect((await directory.recount()).allocatedBytes).toBeLessThan(100_000);
    await using file = await directory.openForWriting('sparse');
    await file.write(Buffer.alloc(2 * chunkBytes, 1), 2 ** 39);
    await expect(file.write(Buffer.alloc(2 * chunkBytes, 1), 2 ** 38)).rejects.toMatchObject({
      code: 'quota_exceeded',
    });
    for (const position of [2 ** 62, 2 ** 40 + 1, -1, 0.5]) {
      await expect(file.write(Buffer.from('x'), position)).rejects.toMatchObject({ code: 'invalid_input' });
    }
    await expect(file.truncate(2 ** 41)).rejects.toMatchObject({ code: 'invalid_input' });
    expect(quota.usedBytes).toBeLessThanOrEqual(quota.limitBytes);
    await file.truncate(0);
    expect(quota.usedBytes).toBe((await directory.diskUsage('')).allocatedBytes);
  });

  test('counts overwriting in place once', async () => {
    using sandbox = makeSandbox();
    await using directory = await openServerDirectory(sandbox.root, { quota: new Quota(10 * chunkBytes) });
    await using file = await directory.openForWriting('f', { ifMissing: 'create' });
    for (let round = 0; round < 30; round += 1) await file.write(Buffer.alloc(chunkBytes, round), 0);
    expect(directory.quota.usedBytes).toBe((await directory.stat('f')).allocatedBytes);
  });

  test('counts an inode with several names once, as du does', async () => {
    using sandbox = makeSandbox();
    await using directory = await openServerDirectory(sandbox.root);
    await directory.write('f', Buffer.alloc(300_000, 1));
    mkdirSync(join(sandbox.root, 'd'));
    for (let index = 0; index < 20; index += 1)
      linkSync(join(sandbox.root, 'f'), join(sandbox.root, 'd', `l${index}`));
    const usage = await directory.recount();
    const du = Number(
      execFileSync('du', ['-s', '--block-size=1', sandbox.root], { encoding: 'utf8' }).split('\t')[0],
    );
    expect(usage).toEqual({ allocatedBytes: du, fileCount: 21, folderCount: 2, mountCount: 0 });
    await directory.delete('f');
    expect(directory.quota.usedBytes).toBe(du);
    await directory.delete('d');
    expect(directory.quota.usedBytes).toBe((await directory.diskUsage('')).allocatedBytes);
  });

  test('an aborted or failed write gives everything back', async () => {
    using sandbox = makeSandbox();
    const quota = new Quota(2 * chunkBytes);
    await using directory = await openServerDirectory(sandbox.root, { quota });
    await expect(directory.write('f', Buffer.alloc(3 * chunkBytes))).rejects.toMatchObject({
      code: 'quota_exceeded',
    });
    const abort = new AbortController();
    async function* stream() {
      yield Buffer.alloc(chunkBytes);
      abort.abort();
      yield Buffer.alloc(10);
    }
    await expect(directory.write('f', stream(), { signal: abort.signal })).rejects.toThrow(/aborted/);
    expect(quota.usedBytes).toBe(0);
    expect(readdirSync(sandbox.root)).toEqual([]);
  });
});
