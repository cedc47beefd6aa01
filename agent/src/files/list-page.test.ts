import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ListPageOptions } from './list-page.ts';
import { openServerDirectory, type ServerDirectory } from './server-directory.ts';
import { makeSandbox, openDescriptors } from './testing/sandbox.ts';

async function pages(directory: ServerDirectory, options: ListPageOptions): Promise<string[][]> {
  const all: string[][] = [];
  let cursor: string | undefined;
  do {
    const page = await directory.listPage('', { ...options, ...(cursor && { cursor }) });
    all.push(page.entries.map(({ name }) => name.toString()));
    cursor = page.nextCursor;
  } while (cursor);
  return all;
}

test('sorts by name, size, time and kind, both ways, folders first when asked', async () => {
  using sandbox = makeSandbox();
  await using directory = await openServerDirectory(sandbox.root);
  for (const [name, size, time] of [
    ['b', 3, 10],
    ['a', 2, 30],
    ['c', 2, 20],
  ] as const) {
    writeFileSync(join(sandbox.root, name), 'x'.repeat(size));
    utimesSync(join(sandbox.root, name), time, time);
  }
  symlinkSync('a', join(sandbox.root, 'Z'));
  mkdirSync(join(sandbox.root, 'd'));
  utimesSync(join(sandbox.root, 'd'), 40, 40);

  expect(await pages(directory, { limit: 2 })).toEqual([['Z', 'a'], ['b', 'c'], ['d']]);
  expect(await pages(directory, { isDescending: true, foldersFirst: true, limit: 3 })).toEqual([
    ['d', 'c', 'b'],
    ['a', 'Z'],
  ]);
  const byTime = (await pages(directory, { sortBy: 'time', limit: 1 })).flat();
  expect(byTime.filter((name) => name !== 'Z')).toEqual(['b', 'c', 'a', 'd']);
  const bySize = (await pages(directory, { sortBy: 'size', isDescending: true, limit: 1 })).flat();
  expect(bySize.filter((name) => name !== 'd')).toEqual(['b', 'c', 'a', 'Z']);
  expect(await pages(directory, { sortBy: 'kind', limit: 4 })).toEqual([['d', 'a', 'b', 'c'], ['Z']]);
});

test('goes on after an entry that was deleted meanwhile, and tells names that are no text', async () => {
  using sandbox = makeSandbox();
  await using directory = await openServerDirectory(sandbox.root);
  for (const name of ['a', 'b', 'c']) writeFileSync(join(sandbox.root, name), '');
  const odd = Buffer.from([0xff, 0x0a]);
  writeFileSync(Buffer.concat([Buffer.from(`${sandbox.root}/`), odd]), '');
  const first = await directory.listPage('', { limit: 2 });
  expect(first).toMatchObject({ totalCount: 4, entries: [{ sizeBytes: 0 }, { type: 'file' }] });
  await directory.delete('b');
  const second = await directory.listPage('', { limit: 2, cursor: first.nextCursor ?? '' });
  expect(second.entries.map(({ name }) => name)).toEqual([Buffer.from('c'), odd]);
  expect(second.nextCursor).toBeUndefined();
});

test('refuses limits, sortings and cursors that are none', async () => {
  using sandbox = makeSandbox();
  await using directory = await openServerDirectory(sandbox.root);
  const refused: ListPageOptions[] = [
    { limit: 0 },
    { limit: 10_001 },
    { limit: 1.5 },
    { cursor: 'x' },
    { cursor: '0.0.' },
    { sortBy: 'colour' as 'name' },
  ];
  for (const options of refused) {
    await expect(directory.listPage('', options)).rejects.toMatchObject({ code: 'bad_request' });
  }
});

test('pages through 20,000 entries, each told once, and stops when told', async () => {
  using sandbox = makeSandbox();
  await using directory = await openServerDirectory(sandbox.root);
  for (let index = 0; index < 20_000; index += 1) {
    writeFileSync(join(sandbox.root, `f${(index * 7919) % 20_000}`), '');
  }
  const told = (await pages(directory, { limit: 4096 })).flat();
  expect(told.length).toBe(20_000);
  expect(told).toEqual([...told].sort());
  expect(new Set(told).size).toBe(20_000);
  const before = openDescriptors().length;
  await expect(directory.listPage('', { signal: AbortSignal.abort() })).rejects.toThrow(/aborted/);
  expect(openDescriptors().length).toBe(before);
});
