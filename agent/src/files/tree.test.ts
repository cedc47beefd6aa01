import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { expect, test, vi } from 'vitest';
import { openServerDirectory } from './server-directory.ts';
import { collect, makeSandbox, openDescriptors, run } from './testing/sandbox.ts';

/** Makes a chain of folders far deeper than any path can name, with a file at its end. */
function makeChain(folder: string, depth: number): void {
  const program = `
import os, sys
os.chdir(sys.argv[1])
for _ in range(int(sys.argv[2])):
    os.mkdir('d'); os.chdir('d')
open('end', 'w').write('x')`;
  run('python3', '-c', program, folder, String(depth));
}

const withoutPython = 'needs python3 to make a tree deeper than paths reach';

function hasPython(): boolean {
  try {
    execFileSync('python3', ['--version']);
    return true;
  } catch {
    return false;
  }
}

test('deletes a tree of 2,500 levels, with a fixed number of descriptors', async ({ skip }) => {
  skip(!hasPython(), withoutPython);
  using sandbox = makeSandbox();
  mkdirSync(join(sandbox.root, 'top'));
  makeChain(join(sandbox.root, 'top'), 2500);
  await using directory = await openServerDirectory(sandbox.root);
  const before = openDescriptors().length;
  let most = 0;
  const sampling = setInterval(() => {
    most = Math.max(most, openDescriptors().length);
  }, 1);
  expect(await directory.diskUsage('top')).toMatchObject({ fileCount: 1, folderCount: 2501 });
  await directory.delete('top');
  clearInterval(sampling);
  expect(most - before).toBeLessThan(200);
  expect(openDescriptors().length).toBe(before);
  expect(readdirSync(sandbox.root)).toEqual([]);
});

test('says so when a tree is deep and wide beyond measuring, lets go of it, and can still delete it', async ({
  skip,
}) => {
  skip(!hasPython(), withoutPython);
  using sandbox = makeSandbox();
  await using directory = await openServerDirectory(sandbox.root);
  const before = openDescriptors().length;
  const bottom = join(sandbox.root, ...Array<string>(62).fill('d'));
  mkdirSync(bottom, { recursive: true });
  for (let index = 0; index < 300; index += 1) mkdirSync(join(bottom, `w${index}`));
  expect((await directory.diskUsage('')).folderCount).toBe(363);
  for (let index = 0; index < 300; index += 1) mkdirSync(join(bottom, `w${index}`, 'x'));
  await expect(directory.diskUsage('')).rejects.toMatchObject({ code: 'limit_reached' });
  expect(openDescriptors().length).toBe(before);
  await directory.delete('d');
  expect(readdirSync(sandbox.root)).toEqual([]);
});

test('deletes and lists 20,000 entries without holding up the process, and stops when told', async () => {
  using sandbox = makeSandbox();
  await using directory = await openServerDirectory(sandbox.root);
  const many = join(sandbox.root, 'many');
  mkdirSync(many);
  for (let index = 0; index < 20_000; index += 1) writeFileSync(join(many, `f${index}`), '');
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  let seen = 0;
  for await (const _entry of directory.list('many')) seen += 1;
  expect(seen).toBe(20_000);
  const abort = new AbortController();
  const deleting = directory.delete('many', { signal: abort.signal });
  await vi.waitFor(() => expect(readdirSync(many).length).toBeLessThan(19_900), { interval: 20 });
  abort.abort();
  await expect(deleting).rejects.toThrow(/aborted/);
  expect(readdirSync(many).length).toBeGreaterThan(0);
  await directory.delete('many');
  delay.disable();
  expect(delay.percentile(99) / 1e6).toBeLessThan(200);
  expect(readdirSync(sandbox.root)).toEqual([]);
});

test('a listing given up in the middle closes what it opened', async () => {
  using sandbox = makeSandbox();
  await using directory = await openServerDirectory(sandbox.root);
  for (let index = 0; index < 500; index += 1) writeFileSync(join(sandbox.root, `f${index}`), '');
  const before = openDescriptors().length;
  for await (const _entry of directory.list('')) break;
  const abort = new AbortController();
  const listing = directory.list('', abort.signal);
  await listing.next();
  abort.abort();
  await expect(collect(listing)).rejects.toThrow(/aborted/);
  expect(openDescriptors().length).toBe(before);
});

test('deletes read-only folders, links, FIFOs and what has no valid name', async () => {
  using sandbox = makeSandbox();
  await using directory = await openServerDirectory(sandbox.root);
  const folder = join(sandbox.root, 'd');
  mkdirSync(join(folder, 'locked', 'inner'), { recursive: true });
  writeFileSync(join(folder, 'locked', 'f'), '');
  writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xff, 0x0a])]), '');
  symlinkSync(sandbox.canary, join(folder, 'link'));
  symlinkSync('nowhere', join(folder, 'dangling'));
  linkSync(join(sandbox.canary, 'secret'), join(folder, 'hard'));
  run('mkfifo', join(folder, 'fifo'));
  chmodSync(join(folder, 'locked'), 0o500);
  await directory.delete('d');
  expect(readdirSync(sandbox.root)).toEqual([]);
  expect(readFileSync(join(sandbox.canary, 'secret'), 'utf8')).toContain('canary');
});

test('finishes deleting a folder to which files are being added', async () => {
  using sandbox = makeSandbox();
  await using directory = await openServerDirectory(sandbox.root);
  const folder = join(sandbox.root, 'busy');
  mkdirSync(folder);
  for (let index = 0; index < 200; index += 1) writeFileSync(join(folder, `old${index}`), '');
  let added = 0;
  const adding = setInterval(() => {
    try {
      writeFileSync(join(folder, `new${added}`), '');
      added += 1;
      if (added === 20) clearInterval(adding);
    } catch {
      clearInterval(adding);
    }
  }, 1);
  await directory.delete('busy');
  clearInterval(adding);
  expect(readdirSync(sandbox.root)).toEqual([]);
});
