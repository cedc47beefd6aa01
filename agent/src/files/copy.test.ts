import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Quota } from './quota.ts';
import { openServerDirectory } from './server-directory.ts';
import { temporaryName } from './temporary-name.ts';
import { isRoot, makeSandbox, openDescriptors, run, serverUid } from './testing/sandbox.ts';

const owner = { uid: serverUid, gid: serverUid };

test('copies a tree with modes, links and odd names, for the server, and says how far it is', async () => {
  using sandbox = makeSandbox();
  await using directory = await openServerDirectory(sandbox.root, owner);
  const world = join(sandbox.root, 'world');
  mkdirSync(join(world, 'region', 'empty'), { recursive: true });
  writeFileSync(join(world, 'region', 'r.0'), Buffer.alloc(700_000, 7));
  writeFileSync(join(world, 'start.sh'), 'run');
  chmodSync(join(world, 'start.sh'), 0o4755);
  chmodSync(join(world, 'region'), 0o500);
  symlinkSync('region/r.0', join(world, 'link'));
  symlinkSync('../other', join(world, 'dangling'));
  const odd = Buffer.concat([Buffer.from(`${world}/`), Buffer.from([0xff, 0x0a])]);
  writeFileSync(odd, 'odd');

  const seen: number[] = [];
  const result = await directory.copy('world', 'copy', {
    onProgress: ({ copiedBytes, totalBytes, totalEntries }) => {
      expect(totalBytes).toBeGreaterThanOrEqual(700_006);
      expect(totalEntries).toBe(8);
      seen.push(copiedBytes);
    },
  });
  expect(result).toEqual({ copiedBytes: 700_006, copiedEntries: 8, skippedCount: 0, skipped: [] });
  expect(seen).toEqual([...seen].sort((one, other) => one - other));
  expect(seen.filter((bytes) => bytes > 0 && bytes < 700_000).length).toBeGreaterThan(0);
  const copy = join(sandbox.root, 'copy');
  expect(readFileSync(join(copy, 'region/r.0')).equals(Buffer.alloc(700_000, 7))).toBe(true);
  expect(statSync(join(copy, 'start.sh')).mode & 0o7777).toBe(0o755);
  expect(statSync(join(copy, 'region')).mode & 0o7777).toBe(0o500);
  expect(readlinkSync(join(copy, 'link'))).toBe('region/r.0');
  expect(readlinkSync(join(copy, 'dangling'))).toBe('../other');
  expect(readdirSync(copy, { encoding: 'buffer' })).toContainEqual(Buffer.from([0xff, 0x0a]));
  for (const name of ['', 'region', 'region/r.0', 'link']) {
    expect(lstatSync(join(copy, name)).uid).toBe(serverUid ?? process.getuid?.());
  }
  expect(directory.quota.usedBytes).toBe((await directory.diskUsage('copy')).allocatedBytes);
});

test('leaves out what is no file or leads out, and tells it', async ({ skip }) => {
  skip(!isRoot, 'needs root for a file of somebody else');
  using sandbox = makeSandbox();
  await using directory = await openServerDirectory(sandbox.root, owner);
  mkdirSync(join(sandbox.root, 'd/sub'), { recursive: true });
  writeFileSync(join(sandbox.root, 'd/plain'), 'inside');
  writeFileSync(join(sandbox.root, 'd', temporaryName().toString()), 'half of it');
  run('mkfifo', join(sandbox.root, 'd/fifo'));
  symlinkSync('../canary', join(sandbox.root, 'd/up'));
  symlinkSync('../../canary/secret', join(sandbox.root, 'd/out'));
  symlinkSync(join(sandbox.root, 'd/plain'), join(sandbox.root, 'd/sub/absolute'));
  linkSync(join(sandbox.canary, 'secret'), join(sandbox.root, 'd/hard'));
  const { skipped, skippedCount, copiedEntries } = await directory.copy('d', 'e');
  const told = Object.fromEntries(skipped.map(({ path, reason }) => [path.toString(), reason]));
  expect(told).toEqual({
    fifo: 'not_a_file',
    out: 'leads_outside',
    'sub/absolute': 'leads_outside',
    hard: 'foreign_hard_link',
  });
  expect(skippedCount).toBe(4);
  expect(copiedEntries).toBe(4);
  expect(readdirSync(join(sandbox.root, 'e')).sort()).toEqual(['plain', 'sub', 'up']);
  // Nearer to the root the same link would lead out.
  mkdirSync(join(sandbox.root, 'deep/er'), { recursive: true });
  symlinkSync('../../d/plain', join(sandbox.root, 'deep/er/link'));
  await directory.copy('deep/er/link', 'deep/er/link2');
  await expect(directory.copy('deep/er/link', 'link')).rejects.toMatchObject({ code: 'bad_request' });
  sandbox.assertUntouched();
});

test('never replaces unless told, and never a full folder', async () => {
  using sandbox = makeSandbox();
  await using directory = await openServerDirectory(sandbox.root);
  await directory.write('a', Buffer.from('new'));
  await directory.write('b', Buffer.from('old'));
  await directory.makeFolder('d');
  await directory.write('d/x', Buffer.from('x'));
  await directory.makeFolder('e');
  await directory.write('e/y', Buffer.from('y'));
  await expect(directory.copy('a', 'b')).rejects.toMatchObject({ code: 'conflict' });
  await expect(directory.copy('a', 'd', { ifExists: 'replace' })).rejects.toMatchObject({
    code: 'invalid_input',
  });
  await expect(directory.copy('d', 'e', { ifExists: 'replace' })).rejects.toMatchObject({ code: 'conflict' });
  for (const inside of ['d', 'd/copy']) {
    const copying = directory.copy('d', inside, { ifExists: 'replace' });
    await expect(copying).rejects.toMatchObject({ code: 'bad_request' });
  }
  symlinkSync('d', join(sandbox.root, 'short'));
  await expect(directory.copy('d', 'short/copy')).rejects.toMatchObject({ code: 'bad_request' });
  await directory.copy('a', 'b', { ifExists: 'replace' });
  expect(readFileSync(join(sandbox.root, 'b'), 'utf8')).toBe('new');
  expect(readdirSync(sandbox.root).sort()).toEqual(['a', 'b', 'd', 'e', 'short']);
  expect(directory.quota.usedBytes).toBe(
    (await directory.diskUsage('')).allocatedBytes - (statSync(sandbox.root).blocks ?? 0) * 512,
  );
});

test('refuses before it begins what does not fit, and takes back what stops fitting', async () => {
  using sandbox = makeSandbox();
  const quota = new Quota(2_000_000);
  await using directory = await openServerDirectory(sandbox.root, { quota });
  await directory.makeFolder('d');
  for (const name of ['d/a', 'd/b', 'd/c']) await directory.write(name, Buffer.alloc(300_000, 1));
  writeFileSync(join(sandbox.root, 'holes'), '');
  truncateSync(join(sandbox.root, 'holes'), 2 ** 40);
  await expect(directory.copy('holes', 'full')).rejects.toMatchObject({ code: 'quota_exceeded' });
  const before = quota.usedBytes;
  let isFilled = false;
  const copying = directory.copy('d', 'e', {
    onProgress: ({ copiedBytes }) => {
      if (isFilled || copiedBytes === 0) return;
      isFilled = true;
      quota.setLimit(quota.usedBytes);
    },
  });
  await expect(copying).rejects.toMatchObject({ code: 'quota_exceeded' });
  expect(readdirSync(sandbox.root).sort()).toEqual(['d', 'holes']);
  expect(quota.usedBytes).toBe(before);
});

test('stops when told and leaves nothing behind', async () => {
  using sandbox = makeSandbox();
  await using directory = await openServerDirectory(sandbox.root);
  mkdirSync(join(sandbox.root, 'd'));
  for (let index = 0; index < 300; index += 1) writeFileSync(join(sandbox.root, 'd', `f${index}`), 'x');
  const before = openDescriptors().length;
  const abort = new AbortController();
  const copying = directory.copy('d', 'e', {
    isDurable: false,
    signal: abort.signal,
    onProgress: ({ copiedEntries }) => {
      if (copiedEntries === 100) abort.abort();
    },
  });
  await expect(copying).rejects.toThrow(/aborted/);
  expect(readdirSync(sandbox.root)).toEqual(['d']);
  expect(openDescriptors().length).toBe(before);
  expect(directory.quota.usedBytes).toBe(0);
});

test('a copy that was killed is cleared away, one under way is spared', async () => {
  using sandbox = makeSandbox();
  await using directory = await openServerDirectory(sandbox.root);
  const killed = join(sandbox.root, temporaryName().toString());
  mkdirSync(join(killed, 'sub'), { recursive: true });
  writeFileSync(join(killed, 'sub', 'f'), 'x');
  mkdirSync(join(sandbox.root, 'd'));
  writeFileSync(join(sandbox.root, 'd', 'f'), 'x');
  let clearing: Promise<number> | undefined;
  await directory.copy('d', 'e', {
    onProgress: () => {
      clearing ??= directory.removeLeftovers();
    },
  });
  expect(await clearing).toBe(1);
  expect(readdirSync(sandbox.root).sort()).toEqual(['d', 'e']);
  expect(readFileSync(join(sandbox.root, 'e', 'f'), 'utf8')).toBe('x');
});

test('says so when folders are nested too deep, and leaves nothing behind', async () => {
  using sandbox = makeSandbox();
  await using directory = await openServerDirectory(sandbox.root);
  mkdirSync(join(sandbox.root, ...Array<string>(110).fill('d')), { recursive: true });
  await expect(directory.copy('d', 'e')).rejects.toMatchObject({ code: 'limit_reached' });
  expect(readdirSync(sandbox.root)).toEqual(['d']);
});
