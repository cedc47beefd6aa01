import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { openServerDirectory } from '../src/files/server-directory.ts';

/**
 * Packing and unpacking of 20,000 files with 200 MB beside tar, zip and unzip with the same compressor, in turns and the
 * median of three; a ratio above 1 means that ours is faster. The delay is that of everything else in the agent meanwhile.
 */
const rounds = Number(process.argv[2] ?? 3);
const root = mkdtempSync(join(tmpdir(), 'archive-bench-'));
const text = Buffer.from(
  Array.from({ length: 20_000 }, (_, line) => `line ${line} of ${Math.random().toString(36)}\n`).join(''),
);
for (let folder = 0; folder < 200; folder++) {
  mkdirSync(join(root, 'world', `region ${folder}`), { recursive: true });
  for (let file = 0; file < 100; file++) {
    const start = Math.floor(Math.random() * (text.length - 10_240));
    writeFileSync(
      join(root, 'world', `region ${folder}`, `${file}.dat`),
      text.subarray(start, start + 10_240),
    );
  }
}

const rivals = {
  tar: ['tar -cf their.tar world', 'tar -xf their.tar -C unpacked'],
  'tar.gz': ['tar -czf their.tar.gz world', 'tar -xzf their.tar.gz -C unpacked'],
  'tar.zst': ['tar --zstd -cf their.tar.zst world', 'tar --zstd -xf their.tar.zst -C unpacked'],
  zip: ['zip -qry their.zip world', 'unzip -q their.zip -d unpacked'],
} as const;
await using directory = await openServerDirectory(root);

for (const format of Object.keys(rivals) as (keyof typeof rivals)[]) {
  const [pack, unpack] = rivals[format];
  const times = {
    packed: [] as number[],
    unpacked: [] as number[],
    tarPacked: [] as number[],
    tarUnpacked: [] as number[],
  };
  const delay = monitorEventLoopDelay({ resolution: 1 });
  for (let round = 0; round < rounds; round++) {
    for (const name of [`their.${format}`, `our.${format}`]) rmSync(join(root, name), { force: true });
    times.tarPacked.push(await timed(() => shell(pack)));
    delay.enable();
    times.packed.push(
      await timed(() => directory.createArchive('', [Buffer.from('world')], `our.${format}`, { format })),
    );
    delay.disable();
    times.tarUnpacked.push(await timed(() => shell(unpack), emptied));
    delay.enable();
    times.unpacked.push(await timed(() => directory.extractArchive(`their.${format}`, 'unpacked'), emptied));
    delay.disable();
  }
  const ratio = (theirs: number[], ours: number[]) =>
    `${(median(theirs) / median(ours)).toFixed(2)} (${Math.round(median(ours))} against ${Math.round(median(theirs))} ms)`;
  console.log(
    `${format.padEnd(8)} packs ${ratio(times.tarPacked, times.packed)}, unpacks ${ratio(times.tarUnpacked, times.unpacked)}; ` +
      `delay p99 ${(delay.percentile(99) / 1e6).toFixed(1)} ms`,
  );
}
console.log(`memory at most ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB`);
rmSync(root, { recursive: true });

function emptied(): void {
  rmSync(join(root, 'unpacked'), { recursive: true, force: true });
  mkdirSync(join(root, 'unpacked'));
}

async function timed(work: () => Promise<unknown>, prepare = () => {}): Promise<number> {
  prepare();
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function shell(command: string): Promise<void> {
  const child = spawn('sh', ['-c', command], { cwd: root, stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${command} failed`);
}

function median(samples: number[]): number {
  return samples.toSorted((one, other) => one - other)[Math.floor(samples.length / 2)] ?? Number.NaN;
}
