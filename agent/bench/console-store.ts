import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ServerConsole } from '../src/console/server-console.ts';
import { RunFolder } from '../src/runtimes/run-folder.ts';

/**
 * What the console costs: lines stored per second from a spool that is already there, and the time from a write to the
 * spool until a listener has the line. Prints JSON.
 */
const root = mkdtempSync(join(tmpdir(), 'console-bench-'));
let count = 0;

function newServer(): { console: ServerConsole; folder: RunFolder } {
  const serverId = `server-${++count}`;
  const folder = new RunFolder(join(root, 'run'), serverId, 'start');
  mkdirSync(folder.path, { recursive: true });
  for (const path of [folder.stdout, folder.stderr]) writeFileSync(path, '');
  const console = new ServerConsole({
    folder: join(root, 'history', serverId),
    history: { maxBytes: 256 * 1024 * 1024 },
  });
  return { console, folder };
}

async function storeRate(line: (index: number) => string) {
  const { console, folder } = newServer();
  const lines = Math.floor((40 * 1024 * 1024) / Buffer.byteLength(line(123456)));
  for (let written = 0; written < lines; written += 1000) {
    const batch = Array.from({ length: Math.min(1000, lines - written) }, (_, index) =>
      line(written + index),
    );
    appendFileSync(folder.stdout, batch.join(''));
  }
  globalThis.gc?.();
  const rssBefore = process.memoryUsage.rss();
  await console.open();
  console.subscribe(() => {});
  const start = performance.now();
  await console.attach(folder, 'start');
  await console.drain();
  const seconds = (performance.now() - start) / 1000;
  const rssGrowthMiB = (process.memoryUsage.rss() - rssBefore) / 1024 / 1024;
  if (console.lastSeq !== lines) throw new Error(`${console.lastSeq} of ${lines} lines`);
  const searchStart = performance.now();
  await console.read({ q: 'there is no such text' });
  const searchMs = performance.now() - searchStart;
  await console.close();
  return {
    linesPerSecond: Math.round(lines / seconds),
    rssGrowthMiB: Math.round(rssGrowthMiB),
    searchAllMs: Math.round(searchMs),
  };
}

/** Latency of one server while another prints 50,000 lines a second, and the longest that one's write(2) took. */
async function latencyBesideFlood() {
  const { console, folder } = newServer();
  let dropped = 0;
  console.subscribe((message) => {
    if ('dropped' in message) dropped += message.dropped.toSeq - message.dropped.fromSeq + 1;
  });
  await console.open();
  await console.attach(folder, 'start');
  const script = fileURLToPath(new URL('../src/console/testing/numbered-writer.ts', import.meta.url));
  const argv = [script, folder.stdout, folder.stdout, '250000', '50000'];
  const writer = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  const result = text(writer.stdout);
  const beside = await latency(100, 500);
  const { printed, longestWriteMs } = JSON.parse(await result) as { printed: number; longestWriteMs: number };
  await console.drain();
  if (console.lastSeq !== printed) throw new Error(`${console.lastSeq} of ${printed} lines`);
  await console.close();
  return { ...beside, longestWriteMs: Math.round(longestWriteMs), dropped };
}

async function latency(linesPerSecond: number, total: number) {
  const { console, folder } = newServer();
  await console.open();
  const latenciesMs: number[] = [];
  console.subscribe((message) => {
    const now = performance.now();
    if ('lines' in message)
      for (const { text } of message.lines) latenciesMs.push(now - Number(text.split(' ')[0]));
  });
  await console.attach(folder, 'start');
  const start = performance.now();
  for (let index = 0; index < total; index++) {
    const dueMs = start + (index * 1000) / linesPerSecond;
    const waitMs = dueMs - performance.now();
    if (waitMs > 0) await sleep(waitMs);
    appendFileSync(folder.stdout, `${performance.now()} ${'x'.repeat(80)}\n`);
  }
  await console.drain();
  while (latenciesMs.length < total) await sleep(5);
  await console.close();
  latenciesMs.sort((one, other) => one - other);
  const at = (share: number) => Number(latenciesMs[Math.floor(total * share)]?.toFixed(2));
  return { p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(0.9999) };
}

const words = 'abcdefghij'.repeat(9);
process.stdout.write(
  `${JSON.stringify(
    {
      storePlain: await storeRate((index) => `${index} ${words}\n`),
      storeColoured: await storeRate((index) => `\x1b[32m${index}\x1b[0m ${words}\n`),
      storeUmlauts: await storeRate((index) => `${index} ä${words}\n`),
      latency1: await latency(1, 20),
      latency100: await latency(100, 500),
      latency1000: await latency(1000, 5000),
      latency100BesideFlood: await latencyBesideFlood(),
      maxRssMiB: Math.round(process.resourceUsage().maxRSS / 1024),
    },
    null,
    2,
  )}\n`,
);
rmSync(root, { recursive: true });
