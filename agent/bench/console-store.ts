import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServerConsole } from '../src/console/server-console.ts';
import { RunFolder } from '../src/runtimes/run-folder.ts';

/**
 * What the console costs: lines stored per second from a spool that is already there, and the time from a write to the
 * spool until a listener has the line. Run with `node agent/bench/console-store.ts`; prints JSON.
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

const text = 'abcdefghij'.repeat(9);
process.stdout.write(
  `${JSON.stringify(
    {
      storePlain: await storeRate((index) => `${index} ${text}\n`),
      storeColoured: await storeRate((index) => `\x1b[32m${index}\x1b[0m ${text}\n`),
      storeUmlauts: await storeRate((index) => `${index} ä${text}\n`),
      latency1: await latency(1, 10),
      latency100: await latency(100, 500),
      latency1000: await latency(1000, 5000),
      maxRssMiB: Math.round(process.resourceUsage().maxRSS / 1024),
    },
    null,
    2,
  )}\n`,
);
rmSync(root, { recursive: true });
