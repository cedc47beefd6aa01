import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openServerDirectory } from '../server-directory.ts';
import { makeSandbox, openDescriptors, type Sandbox, serverUid } from './sandbox.ts';

// Run by mounts.test.ts in a mount namespace of its own, so that nothing here reaches the machine's mounts.
const owner = { uid: serverUid, gid: serverUid };
const megabyte = 1024 * 1024;

const cases: Record<string, (sandbox: Sandbox) => Promise<void>> = {
  'mounts of other and of the same disk are left out and left alone': async ({ root, canary }) => {
    for (const name of ['d/tmpfs', 'd/bind', 'd/sub']) mkdirSync(join(root, name), { recursive: true });
    writeFileSync(join(root, 'd/file'), '');
    writeFileSync(join(root, 'd/sub/own'), 'x');
    mount('-t', 'tmpfs', 'none', join(root, 'd/tmpfs'));
    mount('--bind', canary, join(root, 'd/bind'));
    mount('--bind', join(canary, 'secret'), join(root, 'd/file'));
    writeFileSync(join(root, 'd/tmpfs/big'), Buffer.alloc(megabyte, 1));

    await using directory = await openServerDirectory(root, owner);
    const usage = await directory.diskUsage('');
    assert.equal(usage.mountCount, 2);
    assert.ok(usage.allocatedBytes < megabyte, 'counted a mounted file');
    const taken = await directory.takeOwnership('', { isRecursive: true });
    assert.deepEqual(taken, { changedCount: 4, refusedCount: 3 });
    assert.equal(lstatSync(join(canary, 'secret')).uid, 0);
    assert.equal(lstatSync(join(root, 'd/tmpfs/big')).uid, 0);
    const copied = await directory.copy('d', 'copy');
    const told = copied.skipped.map(({ path, reason }) => `${path} ${reason}`).sort();
    assert.deepEqual(told, ['bind mount', 'file mount', 'tmpfs mount']);
    assert.deepEqual(readdirSync(join(root, 'copy')), ['sub']);
    await directory.delete('copy');
    await assert.rejects(directory.copy('d/bind', 'copy'), { code: 'conflict' });
    await assert.rejects(directory.copy('d/file', 'copy'), { code: 'conflict' });
    const found: string[] = [];
    const onMatch = (match: { path: Buffer }) => void found.push(match.path.toString());
    await directory.searchNames('', { name: '*' }, { onMatch });
    await directory.searchContents('', { text: 'canary' }, { onMatch });
    assert.deepEqual(found.sort(), ['d', 'd/bind', 'd/file', 'd/sub', 'd/sub/own', 'd/tmpfs']);
    await assert.rejects(directory.delete('d'), { code: 'conflict' });
    await assert.rejects(directory.rename('d/bind', 'moved'), { code: 'conflict' });
    assert.deepEqual(readdirSync(join(root, 'd')).sort(), ['bind', 'file', 'tmpfs']);
    assert.ok(readFileSync(join(root, 'd/tmpfs/big')).length === megabyte);
    for (const name of ['d/tmpfs', 'd/bind', 'd/file']) execFileSync('umount', [join(root, name)]);
    await directory.delete('d');
    assert.deepEqual(readdirSync(root), []);
  },

  'a full disk fails the write, keeps the old file and heals by itself': async ({ root }) => {
    mount('-t', 'tmpfs', '-o', 'size=2m', 'none', root);
    await using directory = await openServerDirectory(root, owner);
    await directory.write('f', Buffer.from('old'));
    const used = directory.quota.usedBytes;
    await assert.rejects(directory.write('f', Buffer.alloc(3 * megabyte, 1)), {
      code: 'disk_full',
      status: 507,
    });
    assert.deepEqual(readdirSync(root), ['f']);
    assert.equal(readFileSync(join(root, 'f'), 'utf8'), 'old');
    assert.equal(directory.quota.usedBytes, used);
    {
      await using file = await directory.openForWriting('g', { ifMissing: 'create' });
      await assert.rejects(file.append(Buffer.alloc(3 * megabyte, 1)), { code: 'disk_full' });
      await file.truncate(0);
    }
    await directory.delete('g');
    await directory.write('f', Buffer.alloc(megabyte, 1));
    assert.equal(directory.quota.usedBytes, (await directory.diskUsage('f')).allocatedBytes);
  },

  'a disk without inodes is a full disk': async ({ root }) => {
    mount('-t', 'tmpfs', '-o', 'nr_inodes=4', 'none', root);
    await using directory = await openServerDirectory(root, owner);
    for (const name of ['a', 'b', 'c']) await directory.write(name, Buffer.from(name));
    await assert.rejects(directory.write('a', Buffer.from('x')), { code: 'disk_full' });
    await assert.rejects(directory.makeFolder('d'), { code: 'disk_full' });
    assert.equal((await directory.read('a', 10)).toString(), 'a');
    await directory.delete('c');
    await directory.write('a', Buffer.from('x'));
  },

  'a read-only disk is told, and can be read': async ({ root }) => {
    mount('-t', 'tmpfs', 'none', root);
    await using directory = await openServerDirectory(root, owner);
    await directory.write('f', Buffer.from('old'));
    mount('-o', 'remount,ro', root);
    await assert.rejects(directory.write('f', Buffer.from('x')), { code: 'unavailable' });
    await assert.rejects(directory.delete('f'), { code: 'unavailable' });
    await assert.rejects(directory.makeFolder('d'), { code: 'unavailable' });
    assert.equal((await directory.read('f', 10)).toString(), 'old');
  },
};

for (const [name, check] of Object.entries(cases)) {
  using sandbox = makeSandbox();
  const descriptors = openDescriptors().length;
  try {
    await check(sandbox);
    assert.equal(openDescriptors().length, descriptors, 'left something open');
    sandbox.assertUntouched();
  } finally {
    execFileSync('sh', ['-c', 'umount -R "$1" 2>/dev/null || true', 'sh', sandbox.root]);
  }
  console.log(`passed: ${name}`);
}

function mount(...parameters: string[]): void {
  execFileSync('mount', parameters);
}
