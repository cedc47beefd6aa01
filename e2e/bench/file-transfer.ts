/**
 * Files over REST, with curl as the client: uploads and downloads beside `cp`, `sha256sum` and a plain Node server that does
 * nothing else; pages of large folders. What panel and agent grow by meanwhile is told, too.
 */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { callUrl } from '@catalyst/shared/contract/client';
import { fileRoutes } from '@catalyst/shared/features/files';
import { until } from '../product.ts';
import { addScriptTemplate } from '../script-template.ts';
import { benchProduct } from './measuring/bench-product.ts';
import { quantile, summary } from './measuring/figures.ts';
import { PlainFileServer } from './measuring/plain-file-server.ts';
import { memoryOf } from './measuring/process-figures.ts';

const rounds = 9;
const megabytes = 100;
const folderSizes = [10_000, 200_000];

await using bench = await benchProduct(import.meta.url, () => undefined);
const { product } = bench;
await addScriptTemplate(product, 'bench', 'process.stdin.resume();');
await product.start();
const client = await product.adminClient();
const sizes = { allocatedMemoryMb: 64, allocatedCpuCores: 1, allocatedDiskMb: 4096 };
const { id } = await client.servers.create({ body: { name: 'bench', templateId: 'bench', ...sizes } });
const params = { id };
await until('it is installed', async () => (await client.servers.get({ params })).state === 'stopped');
const folder = join(product.dataDir, 'agent', 'servers', id);
const source = join(product.dataDir, 'source.bin');
writeNoise(source, megabytes);

const baseUrl = await product.url();
const authorization = ['-H', `Authorization: Bearer ${client.token}`];
const urlOf = (route: 'upload' | 'download', path: string) =>
  baseUrl + callUrl(fileRoutes[route], { params, query: { path } });

await using plain = await PlainFileServer.start(join(product.dataDir, 'plain.bin'));
const ways = {
  cp: () => {
    execFileSync('cp', [source, join(product.dataDir, 'copy.bin')]);
    execFileSync('sync', [join(product.dataDir, 'copy.bin')]);
  },
  sha256sum: () => execFileSync('sha256sum', [source]),
  'plain up': () => curl('-T', source, plain.url),
  'plain down': () => curl(plain.url),
  up: () => curl(...authorization, '-X', 'POST', '-H', 'Expect:', '-T', source, urlOf('upload', 'world.bin')),
  down: () => curl(...authorization, urlOf('download', 'world.bin')),
};
type Way = keyof typeof ways;
const speeds = Object.fromEntries(Object.keys(ways).map((way) => [way, []])) as unknown as Record<
  Way,
  number[]
>;
const pids = { panel: product.panelPid, agent: await product.agentPid() };
for (const way of Object.keys(ways) as Way[]) ways[way]();
const before = { panel: memoryOf(pids.panel).rssMb, agent: memoryOf(pids.agent).rssMb };
for (const pid of Object.values(pids)) writeFileSync(`/proc/${pid}/clear_refs`, '5');
for (let round = 0; round < rounds; round++) {
  for (const way of Object.keys(ways) as Way[]) {
    const startedAt = performance.now();
    ways[way]();
    speeds[way].push((statSync(source).size / 1e6 / (performance.now() - startedAt)) * 1000);
  }
}
const median = (way: Way) => quantile(speeds[way], 0.5);
for (const way of Object.keys(ways) as Way[]) {
  console.log(`${way.padEnd(12)} ${median(way).toFixed(0).padStart(6)} MB/s`);
}
console.log(`up   ${(median('up') / median('plain up')).toFixed(2)} of a plain Node server`);
console.log(`down ${(median('down') / median('plain down')).toFixed(2)} of a plain Node server`);
for (const name of ['panel', 'agent'] as const) {
  console.log(`${name} +${(peakMb(pids[name]) - before[name]).toFixed(0)} MB at most meanwhile`);
}

for (const size of folderSizes) {
  const name = `folder-${size}`;
  mkdirSync(join(folder, name));
  for (let n = 0; n < size; n++) writeFileSync(join(folder, name, `chunk.${n}.mca`), '');
  const samples: number[] = [];
  for (let run = 0; run < 20; run++) {
    const startedAt = performance.now();
    await client.files.list({ params, query: { path: name } });
    samples.push(performance.now() - startedAt);
  }
  console.log(`first page of ${size}   ${summary(samples)}`);
}

function curl(...args: string[]): void {
  execFileSync('curl', ['-sS', '--fail', '-o', '/dev/null', ...args]);
}

function peakMb(pid: number): number {
  return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

function writeNoise(path: string, size: number): void {
  const piece = crypto.getRandomValues(new Uint8Array(65_536));
  const file = openSync(path, 'w');
  for (let written = 0; written < size * 1024 * 1024; written += piece.length) writeSync(file, piece);
  closeSync(file);
}
