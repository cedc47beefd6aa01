import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { ArchiveFormat } from '@catalyst/shared/features/archives-link';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeUnless, notLinux } from '../../testing/describe-unless.ts';
import { Quota } from '../quota.ts';
import { openServerDirectory, type ServerDirectory } from '../server-directory.ts';
import { collect, makeSandbox, run, type Sandbox, serverUid } from '../testing/sandbox.ts';
import { madeTar } from './testing/made-tar.ts';

const formats = ['tar', 'tar.gz', 'tar.zst', 'zip'] as const;
const world = Buffer.from('world');

let sandbox: Sandbox;
let quota: Quota;
let directory: ServerDirectory;
beforeEach(async () => {
  sandbox = makeSandbox();
  quota = new Quota(256 * 1024 * 1024);
  const owner = serverUid === undefined ? {} : { uid: serverUid, gid: serverUid };
  directory = await openServerDirectory(sandbox.root, { ...owner, quota });
});
afterEach(async () => {
  await directory.close();
  sandbox.assertUntouched();
  sandbox[Symbol.dispose]();
});

const at = (path: string) => join(sandbox.root, path);
const create = (format: ArchiveFormat) => directory.createArchive('', [world], `out.${format}`, { format });

/** Names of all kinds, empty and large files, links, folders in folders, times and modes. */
function makeWorld(): void {
  mkdirSync(at('world/empty'), { recursive: true });
  mkdirSync(at(`world/${'long folder name '.repeat(8)}/deeper`), { recursive: true });
  const names = ["new\nline '$(x)", '-rf', 'größe', '\u202eright', 'n'.repeat(255), 'log'];
  for (const name of names) writeFileSync(at(`world/${name}`), `content of ${name}\n`.repeat(name.length));
  writeFileSync(at(`world/${'long folder name '.repeat(8)}/deeper/${'x'.repeat(200)}`), 'deep');
  writeFileSync(Buffer.concat([Buffer.from(at('world/')), Buffer.from([0x61, 0xff, 0xfe])]), 'bytes');
  writeFileSync(at('world/nothing'), '');
  writeFileSync(
    at('world/large'),
    Buffer.from(Array.from({ length: 1_500_000 }, (_, index) => (index * index) % 251)),
  );
  writeFileSync(at('world/run.sh'), '#!/bin/sh\n');
  chmodSync(at('world/run.sh'), 0o755);
  chmodSync(at('world/log'), 0o640);
  utimesSync(at('world/log'), 1_600_000_000, 1_600_000_000);
  symlinkSync('../log', at('world/empty/to-log'));
  symlinkSync('not there yet', at('world/dangling'));
}

/** Every entry with its kind, mode, time and content; times only of files. */
function seen(folder: string): string[] {
  const walk = (path: Buffer, way: string): string[] =>
    readdirSync(path, { encoding: 'buffer' }).flatMap((name) => {
      const whole = Buffer.concat([path, Buffer.from('/'), name]);
      const stats = lstatSync(whole);
      const told = `${way}/${name.toString('latin1')} ${stats.mode.toString(8)}`;
      if (stats.isDirectory()) return [told, ...walk(whole, `${way}/${name.toString('latin1')}`)];
      if (stats.isSymbolicLink()) return [`${told} -> ${readlinkSync(whole)}`];
      return [
        `${told} ${Math.floor(stats.mtimeMs / 1000)} ${createHash('sha256').update(readFileSync(whole)).digest('hex')}`,
      ];
    });
  return walk(Buffer.from(folder), '').sort();
}

describeUnless(notLinux, 'an archive', () => {
  beforeEach(makeWorld);

  it.each(formats)('as %s comes back as it was, and belongs to the server', async (format) => {
    const { skippedCount, stats } = await create(format);
    expect(skippedCount).toBe(0);
    expect(stats.sizeBytes).toBe(lstatSync(at(`out.${format}`)).size);
    await directory.extractArchive(`out.${format}`, 'new/place');
    expect(seen(at('new/place/world'))).toEqual(seen(at('world')));
    const { uid } = lstatSync(at('new/place/world/log'));
    expect([uid, lstatSync(at('new')).uid]).toEqual([serverUid ?? uid, serverUid ?? uid]);
    expect(readdirSync(sandbox.root).sort()).toEqual(['new', `out.${format}`, 'world']);
  });

  it.each([
    ['tar', ['tar', '-xf', 'out.tar', '-C', 'there']],
    ['tar.gz', ['tar', '-xzf', 'out.tar.gz', '-C', 'there']],
    ['tar.zst', ['tar', '--zstd', '-xf', 'out.tar.zst', '-C', 'there']],
    ['zip', ['unzip', '-q', 'out.zip', '-d', 'there']],
  ] as const)('as %s is read by the programs of others', async (format, [program, ...parameters]) => {
    // unzip makes other names of these.
    const changed = format === 'zip' ? ["new\nline '$(x)", Buffer.from([0x61, 0xff, 0xfe])] : [];
    for (const name of changed)
      await directory.delete(Buffer.concat([Buffer.from('world/'), Buffer.from(name)]));
    await create(format);
    mkdirSync(at('there'));
    const { status, stderr } = spawnSync(program, parameters, { cwd: sandbox.root, encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(seen(at('there/world'))).toEqual(seen(at('world')));
  });

  it.each([
    ['tar', 'tar --format=gnu -cf made world'],
    ['tar', 'tar --format=pax -cf made world'],
    ['tar.gz', 'tar -czf made world'],
    ['tar.gz', 'tar -cf - world | (head -c 40000 | gzip; gzip) > made'],
    ['tar.zst', 'tar -cf - world | zstd -19 -q > made'],
    ['zip', 'zip -qry made.zip world && mv made.zip made'],
    ['zip', 'zip -qry -fz made.zip world && mv made.zip made'],
    ['zip', 'zip -qry0 made.zip world && mv made.zip made'],
  ])('as %s is read when it was made by %s', async (_, command) => {
    run('sh', '-c', `cd '${sandbox.root}' && ${command}`);
    await directory.extractArchive('made', 'there');
    expect(seen(at('there/world'))).toEqual(seen(at('world')));
  });

  it.each(formats)('as %s is listed in pages', async (format) => {
    await create(format);
    const all = await directory.listArchive(`out.${format}`, { skip: 0, limit: 1000 });
    expect(all.hasMore).toBe(false);
    const parts = [];
    for (let skip = 0, hasMore = true; hasMore; skip += 3) {
      const page = await directory.listArchive(`out.${format}`, { skip, limit: 3 });
      parts.push(...page.entries.map(({ path }) => path.toString('latin1')));
      hasMore = page.hasMore;
    }
    expect(parts).toEqual(all.entries.map(({ path }) => path.toString('latin1')));
    const large = all.entries.find(({ path }) => path.toString() === 'world/large');
    expect(large).toMatchObject({ type: 'file', sizeBytes: 1_500_000, mode: 0o644 });
    expect(all.entries.find(({ path }) => path.toString() === 'world/dangling')?.type).toBe('link');
  });

  it.each(formats)('as %s is the same as a stream', async (format) => {
    for (const entries of [[world], []]) {
      const parts = await collect(directory.streamArchive('', entries, format));
      writeFileSync(join(sandbox.base, 'a1', 'streamed'), Buffer.concat(parts));
      await directory.extractArchive('streamed', `of-${entries.length}`);
      await directory.delete('streamed');
      expect(seen(at(`of-${entries.length}/world`))).toEqual(seen(at('world')));
    }
  });

  it('of what is not there, or goes where something is, is refused', async () => {
    const missing = directory.createArchive('', [Buffer.from('gone')], 'out.zip', { format: 'zip' });
    await expect(missing).rejects.toMatchObject({ code: 'not_found' });
    writeFileSync(at('out.tar'), 'mine');
    await expect(create('tar')).rejects.toMatchObject({ code: 'conflict' });
    expect(readFileSync(at('out.tar'), 'utf8')).toBe('mine');
    await directory.createArchive('', [world], 'out.tar', { format: 'tar', ifExists: 'replace' });
    expect(readdirSync(sandbox.root).sort()).toEqual(['out.tar', 'world']);
  });

  it('leaves out what is no file, what leads out, and itself', async () => {
    run('mkfifo', at('world/fifo'));
    symlinkSync(sandbox.canary, at('world/out'));
    symlinkSync('../../a1_evil/x', at('world/up'));
    const create = () =>
      directory.createArchive('', [], 'world/self.tar', { format: 'tar', ifExists: 'replace' });
    expect((await create()).skippedCount).toBe(3);
    expect((await create()).skippedCount).toBe(3);
    await directory.extractArchive('world/self.tar', 'there');
    for (const name of ['fifo', 'out', 'up', 'self.tar'])
      expect(existsSync(at(`there/world/${name}`))).toBe(false);
  });

  it.each(formats)('as %s past the quota is not made, and leaves nothing', async (format) => {
    quota.setLimit(100);
    const usedBytes = quota.usedBytes;
    await expect(create(format)).rejects.toMatchObject({ code: 'quota_exceeded' });
    expect(readdirSync(sandbox.root)).toEqual(['world']);
    expect(quota.usedBytes).toBe(usedBytes);
  });

  it.each(formats)('as %s is given up when it is cancelled', async (format) => {
    await create(format);
    const cancelled = new Error('cancelled');
    const stop = new AbortController();
    const options = { signal: stop.signal, onProgress: () => stop.abort(cancelled) };
    const again = directory.createArchive('', [world], 'again', { ...options, format });
    await expect(again).rejects.toBe(cancelled);
    const stopLater = new AbortController();
    const extracting = directory.extractArchive(`out.${format}`, 'there', {
      signal: stopLater.signal,
      onProgress: ({ doneEntries }) => doneEntries > 2 && stopLater.abort(cancelled),
    });
    await expect(extracting).rejects.toBe(cancelled);
    expect(readdirSync(sandbox.root).sort()).toEqual([`out.${format}`, 'world']);
  });

  it('counts on the quota what the disk says', async () => {
    await directory.recount();
    await create('tar.gz');
    await directory.extractArchive('out.tar.gz', 'there');
    const counted = quota.usedBytes;
    const { allocatedBytes } = await directory.diskUsage('');
    expect(Math.abs(counted - allocatedBytes)).toBeLessThan(allocatedBytes / 100);
  });
});

describe('unpacking', () => {
  it('over what is there is refused, naming the first, or replaces files and keeps the rest', async () => {
    mkdirSync(at('world/kept'), { recursive: true });
    writeFileSync(at('world/kept/mine'), 'mine');
    writeFileSync(at('world/a'), 'old');
    const entries = [
      { name: 'new', content: 'new' },
      { name: 'world/a', content: 'new' },
      { name: 'world/kept/b', content: 'new' },
    ];
    writeFileSync(at('archive'), madeTar(entries));
    const before = seen(sandbox.root);
    await expect(directory.extractArchive('archive', '')).rejects.toMatchObject({
      code: 'conflict',
      message: 'Nothing was unpacked: "world/a" is there already',
    });
    expect(seen(sandbox.root)).toEqual(before);
    await directory.extractArchive('archive', '', { ifExists: 'replace' });
    const content = (path: string) => readFileSync(at(path), 'utf8');
    expect(['new', 'world/a', 'world/kept/b'].map(content)).toEqual(['new', 'new', 'new']);
    expect(content('world/kept/mine')).toBe('mine');
    expect(readdirSync(sandbox.root).sort()).toEqual(['archive', 'new', 'world']);
  });

  it('never makes a folder of a file, nor a file of a folder', async () => {
    mkdirSync(at('a'));
    writeFileSync(at('b'), '');
    for (const entry of [{ name: 'a' }, { name: 'b/c' }]) {
      writeFileSync(at('archive'), madeTar([{ name: 'first' }, entry]));
      for (const ifExists of ['refuse', 'replace'] as const) {
        const extracting = directory.extractArchive('archive', '', { ifExists });
        await expect(extracting).rejects.toMatchObject({ code: 'conflict' });
      }
    }
    expect(readdirSync(sandbox.root).sort()).toEqual(['a', 'archive', 'b']);
  });

  it('drops setuid and what closes a file to its owner, and keeps hard links within', async () => {
    const entries = [
      { name: 'set', mode: 0o6755, content: 'x'.repeat(5000), modifiedAt: -5 },
      { name: 'closed/', type: '5', mode: 0o1000 },
      { name: 'closed/file', mode: 0 },
      { name: 'other', type: '1', linkName: 'set' },
    ];
    writeFileSync(at('archive'), madeTar(entries));
    await directory.extractArchive('archive', 'to');
    const mode = (path: string) => (lstatSync(at(path)).mode & 0o7777).toString(8);
    expect(['to/set', 'to/closed', 'to/closed/file'].map(mode)).toEqual(['755', '700', '600']);
    expect(lstatSync(at('to/other')).ino).toBe(lstatSync(at('to/set')).ino);
  });

  it('of a sound archive of nothing makes the folder', async () => {
    writeFileSync(at('archive'), madeTar([]));
    await directory.extractArchive('archive', 'to/here');
    expect(readdirSync(at('to/here'))).toEqual([]);
  });
});
