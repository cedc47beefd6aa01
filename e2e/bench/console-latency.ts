/**
 * From a game's write to a viewer's socket, through agent and panel, at several rates; then a flood of one server while
 * another one's lines are timed. The game stamps each line with the machine's monotonic clock. With the argument
 * `containerd` the games run in containers, else as processes.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { LiveConsole } from '../live-console.ts';
import { until } from '../product.ts';
import { addScriptTemplate } from '../script-template.ts';
import { nodeImage } from '../services/node-image.ts';
import { benchProduct } from './measuring/bench-product.ts';
import { quantile, summary } from './measuring/figures.ts';

const game = `
const say = () => console.log('line ' + process.hrtime.bigint());
let timer;
console.log('ready');
require('node:readline').createInterface({ input: process.stdin }).on('line', (command) => {
  const [word, number] = command.split(' ');
  clearInterval(timer);
  if (word === 'stop') process.exit(0);
  if (word === 'rate') {
    const perSecond = Number(number);
    // Timers are good for about 1 ms: above that rate each tick prints what is due.
    let printed = 0;
    const startedAt = process.hrtime.bigint();
    timer = setInterval(() => {
      const due = Number(process.hrtime.bigint() - startedAt) / 1e9 * perSecond;
      while (printed < due) { say(); printed++; }
    }, Math.max(1, 1000 / perSecond));
  }
  if (word === 'flood') {
    const startedAt = Date.now();
    let n = 0;
    const burst = () => {
      const due = (Date.now() - startedAt) * 50;
      let text = '';
      while (n < due && n < 250000) text += 'flood ' + ++n + ' abcdefghijklmnopqrstuvwxyz abcdefghijklmnopqrstuvwxyz\\n';
      if (text) process.stdout.write(text);
      if (n < 250000) setTimeout(burst, 5); else console.log('flood done');
    };
    burst();
  }
});
`;

await using bench = await benchProduct(import.meta.url, nodeImage);
const { product } = bench;
await addScriptTemplate(product, 'bench', game, undefined, bench.image);
await product.start();
await bench.isReady();
const client = await product.adminClient();
const baseUrl = await product.url();
const [first, second] = [await newServer('first'), await newServer('second')];
const quiet = await LiveConsole.open(baseUrl, client.token, first);
const loud = await LiveConsole.open(baseUrl, client.token, second);

for (const rate of [1, 100, 1000]) {
  const lines = await collect(rate, rate === 1 ? 20_000 : 10_000);
  const latencies = lines.map(({ text, receivedAtNs }) => Number(receivedAtNs - BigInt(text.slice(5))) / 1e6);
  console.log(`${String(rate).padStart(5)} lines/s   ${summary(latencies)}`);
}

const collecting = collect(20, 8_000);
await loud.type('flood');
const during = (await collecting).map(
  ({ text, receivedAtNs }) => Number(receivedAtNs - BigInt(text.slice(5))) / 1e6,
);
await until(
  'the flood has ended',
  () => loud.lines.some(({ text }) => text === 'flood done') || reachedEnd(),
  60_000,
);
let expected = 1;
let after = 0;
for (;;) {
  const page = await client.console.logs({
    params: { id: second },
    query: { after, limit: 1000, stream: 'stdout' },
  });
  for (const { seq, text } of page.items) {
    after = seq;
    if (text.startsWith(`flood ${expected} `)) expected++;
  }
  if (page.items.length === 0 || page.nextCursor === null) break;
}
console.log(
  `flood of 250,000 lines in 5 s: ${expected - 1} in the history in order; the viewer got ${loud.lines.length}`,
);
console.log(
  `  and ${loud.dropped.length} notices of dropped lines; another server meanwhile: ${summary(during)}`,
);
if (quantile(during, 0.99) > 50) process.exitCode = 1;
quiet.close();
loud.close();

async function newServer(name: string): Promise<string> {
  const { id } = await client.servers.create({
    body: {
      name,
      templateId: 'bench',
      allocatedMemoryMb: 256,
      allocatedCpuCores: 1,
      allocatedDiskMb: 512,
      startAfterInstall: true,
    },
  });
  await until(`${name} runs`, async () => (await client.servers.get({ params: { id } })).state === 'running');
  return id;
}

async function collect(rate: number, durationMs: number) {
  quiet.lines.length = 0;
  await quiet.type(`rate ${rate}`);
  await delay(durationMs);
  await quiet.type('rate 0');
  return quiet.lines.filter(({ text }) => text.startsWith('line '));
}

async function reachedEnd(): Promise<boolean> {
  const page = await client.console.logs({ params: { id: second }, query: { limit: 5 } });
  return page.items.some(({ text }) => text === 'flood done');
}
