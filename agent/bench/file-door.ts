import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openServerDirectory, type ServerDirectory } from '../src/files/server-directory.ts';

// What the file door costs against the plain calls that would follow any link.
const files = 2000;
const largeBytes = 200 * 1024 * 1024;
const rounds = 5;
const small = Buffer.alloc(4096, 1);
const piece = Buffer.alloc(256 * 1024, 1);

interface Contest {
  name: string;
  /** Operations, or bytes, of one round. */
  amount: number;
  unit: 'op' | 'byte';
  plain(root: string): Promise<unknown>;
  door(directory: ServerDirectory): Promise<unknown>;
}

const forAll = async (work: (index: number) => Promise<unknown>, atOnce = 1) => {
  for (let index = 0; index < files; index += atOnce) {
    await Promise.all(Array.from({ length: atOnce }, (_, offset) => work(index + offset)));
  }
};

const contests: Contest[] = [
  {
    name: 'write 4 KiB, two folders deep, not durable',
    amount: files,
    unit: 'op',
    plain: (root) => forAll((index) => plainReplace(join(root, `a/b/f${index}`), false)),
    door: (directory) => forAll((index) => directory.write(`a/b/f${index}`, small, { isDurable: false })),
  },
  {
    name: 'read 4 KiB, two folders deep',
    amount: files,
    unit: 'op',
    plain: (root) => forAll((index) => readFile(join(root, `a/b/f${index}`))),
    door: (directory) => forAll((index) => directory.read(`a/b/f${index}`, 10_000)),
  },
  {
    name: 'the same, 8 at once',
    amount: files,
    unit: 'op',
    plain: (root) => forAll((index) => readFile(join(root, `a/b/f${index}`)), 8),
    door: (directory) => forAll((index) => directory.read(`a/b/f${index}`, 10_000), 8),
  },
  {
    name: 'list with sizes',
    amount: files,
    unit: 'op',
    plain: async (root) => {
      for (const name of await readdir(join(root, 'a/b'))) await stat(join(root, 'a/b', name));
    },
    door: async (directory) => {
      for await (const _entry of directory.list('a/b'));
    },
  },
  {
    name: 'write 4 KiB, durable (fsync of file and folder)',
    amount: 200,
    unit: 'op',
    plain: async (root) => {
      for (let index = 0; index < 200; index += 1) await plainReplace(join(root, `a/b/f${index}`), true);
    },
    door: async (directory) => {
      for (let index = 0; index < 200; index += 1) await directory.write(`a/b/f${index}`, small);
    },
  },
  {
    name: 'stream 200 MiB in',
    amount: largeBytes,
    unit: 'byte',
    plain: async (root) => {
      const path = join(root, 'large');
      const handle = await open(`${path}.tmp`, 'wx');
      for await (const data of pieces()) await handle.write(data);
      await handle.close();
      await rename(`${path}.tmp`, path);
    },
    door: (directory) => directory.write('large', pieces(), { isDurable: false }),
  },
  {
    name: 'stream 200 MiB out',
    amount: largeBytes,
    unit: 'byte',
    plain: async (root) => {
      for await (const _data of createReadStream(join(root, 'large'), { highWaterMark: piece.length }));
    },
    door: async (directory) => {
      await using file = await directory.openForReading('large');
      for await (const _data of file.chunks());
    },
  },
  {
    name: 'delete the folder',
    amount: files,
    unit: 'op',
    plain: async (root) => {
      await rm(join(root, 'a/b'), { recursive: true });
      await fill(root);
    },
    door: async (directory) => {
      await directory.delete('a/b');
      await directory.makeFolder('a/b');
      await forAll((index) => directory.write(`a/b/f${index}`, small, { isDurable: false }), 8);
    },
  },
];

const roots = [
  mkdtempSync(join(tmpdir(), 'bench-plain-')),
  mkdtempSync(join(tmpdir(), 'bench-door-')),
] as const;
try {
  for (const root of roots) await fill(root);
  await using directory = await openServerDirectory(roots[1]);
  for (const contest of contests) {
    const plain: number[] = [];
    const door: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      plain.push(await timed(() => contest.plain(roots[0])));
      door.push(await timed(() => contest.door(directory)));
    }
    const ratio = median(door) / median(plain);
    const speeds = `plain ${speed(contest, median(plain))}, door ${speed(contest, median(door))}`;
    console.log(`${contest.name}: ${speeds}, ratio ${ratio.toFixed(2)}`);
  }
} finally {
  for (const root of roots) rmSync(root, { recursive: true, force: true });
}

async function fill(root: string): Promise<void> {
  await mkdir(join(root, 'a/b'), { recursive: true });
  await forAll((index) => writeFile(join(root, `a/b/f${index}`), small), 8);
}

/** The same promise without the walk: temporary file, rename, and both synced when durable. */
async function plainReplace(path: string, isDurable: boolean): Promise<void> {
  const handle = await open(`${path}.tmp`, 'wx');
  await handle.write(small);
  if (isDurable) await handle.sync();
  await handle.close();
  await rename(`${path}.tmp`, path);
  if (!isDurable) return;
  const folder = await open(join(path, '..'), 'r');
  await folder.sync();
  await folder.close();
}

async function* pieces(): AsyncGenerator<Uint8Array> {
  for (let sent = 0; sent < largeBytes; sent += piece.length) yield piece;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

function median(values: number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}

function speed({ amount, unit }: Contest, tookMs: number): string {
  if (unit === 'byte') return `${Math.round(amount / tookMs / 1000)} MB/s`;
  return `${Math.round((tookMs / amount) * 1000)} µs`;
}
