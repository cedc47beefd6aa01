import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Quota } from './quota.ts';
import { openServerDirectory } from './server-directory.ts';
import { makeSandbox, serverUid } from './testing/sandbox.ts';

test('makes links that lead to something inside, and says what they lead to', async () => {
  using sandbox = makeSandbox();
  await using directory = await openServerDirectory(sandbox.root, { uid: serverUid, gid: serverUid });
  mkdirSync(join(sandbox.root, 'a/b'), { recursive: true });
  writeFileSync(join(sandbox.root, 'plain'), 'inside');
  await directory.makeLink('a/b/up', '../../plain');
  await directory.makeLink('a/b/from-root', '/plain');
  await directory.makeLink('a/b/root', '/');
  await directory.makeLink('later', 'not/yet');
  expect((await directory.readLink('a/b/up')).toString()).toBe('../../plain');
  expect(readlinkSync(join(sandbox.root, 'a/b/from-root'))).toBe('../../plain');
  expect(readlinkSync(join(sandbox.root, 'a/b/root'))).toBe('../..');
  expect(readFileSync(join(sandbox.root, 'a/b/from-root'), 'utf8')).toBe('inside');
  expect((await directory.read('a/b/root/plain', 100)).toString()).toBe('inside');
  expect(lstatSync(join(sandbox.root, 'later')).uid).toBe(serverUid ?? process.getuid?.());
});

test('a link made through a folder link starts at the real folder', async () => {
  using sandbox = makeSandbox();
  await using directory = await openServerDirectory(sandbox.root);
  mkdirSync(join(sandbox.root, 'a/b'), { recursive: true });
  writeFileSync(join(sandbox.root, 'plain'), 'inside');
  symlinkSync('a/b', join(sandbox.root, 'short'));
  await directory.makeLink('short/link', '/plain');
  expect(readlinkSync(join(sandbox.root, 'a/b/link'))).toBe('../../plain');
  await expect(directory.makeLink('short/out', '../../../canary')).rejects.toMatchObject({
    code: 'bad_request',
  });
});

test.for([
  '..',
  '../canary/secret',
  'nothing/../../canary',
  'd/../../a1/plain',
  '/../canary',
  '/d/../../canary',
  'out/x',
  '',
  'a\0b',
  'x'.repeat(256),
  'abc/'.repeat(1024),
])('refuses a link to %j', async (target) => {
  using sandbox = makeSandbox();
  await using directory = await openServerDirectory(sandbox.root);
  mkdirSync(join(sandbox.root, 'd'));
  symlinkSync('../canary', join(sandbox.root, 'out'));
  await expect(directory.makeLink('link', target)).rejects.toMatchObject({ code: 'bad_request' });
  expect(readdirSync(sandbox.root).sort()).toEqual(['d', 'out']);
  sandbox.assertUntouched();
});

test('never replaces what has the name, tells other entries from links, and needs room', async () => {
  using sandbox = makeSandbox();
  await using directory = await openServerDirectory(sandbox.root, { quota: new Quota(1000) });
  writeFileSync(join(sandbox.root, 'plain'), 'inside');
  await expect(directory.makeLink('link', 'plain')).rejects.toMatchObject({ code: 'quota_exceeded' });
  directory.quota.setLimit(1_000_000);
  await expect(directory.makeLink('plain', 'x')).rejects.toMatchObject({ code: 'conflict' });
  await expect(directory.makeLink('', 'x')).rejects.toMatchObject({ code: 'conflict' });
  await expect(directory.readLink('plain')).rejects.toMatchObject({ code: 'invalid_input' });
  await expect(directory.readLink('')).rejects.toMatchObject({ code: 'invalid_input' });
  expect(readdirSync(sandbox.root)).toEqual(['plain']);
  expect(directory.quota.usedBytes).toBe(0);
});
