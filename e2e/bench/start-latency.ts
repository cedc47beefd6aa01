/**
 * From the REST request that starts a server to its first line at a viewer, 40 times. With the argument `containerd` the
 * server runs in a container, else as a process.
 */
import { LiveConsole } from '../live-console.ts';
import { until } from '../product.ts';
import { addScriptTemplate } from '../script-template.ts';
import { busyboxImage } from '../services/busybox-image.ts';
import { benchProduct } from './measuring/bench-product.ts';
import { summary } from './measuring/figures.ts';

await using bench = await benchProduct(import.meta.url, busyboxImage);
const { product } = bench;
await addScriptTemplate(product, 'bench', 'unused', ['/bin/sh', '-c', 'echo ready; read line'], bench.image);
await product.start();
await bench.isReady();
const client = await product.adminClient();
const { id } = await client.servers.create({
  body: {
    name: 'bench',
    templateId: 'bench',
    allocatedMemoryMb: 64,
    allocatedCpuCores: 1,
    allocatedDiskMb: 64,
  },
});
const params = { id };
const inState = (state: string) =>
  until(`the server is ${state}`, async () => (await client.servers.get({ params })).state === state);
await inState('stopped');
const viewer = await LiveConsole.open(await product.url(), client.token, id);

const samples: number[] = [];
for (let run = 0; run < 40; run++) {
  viewer.lines.length = 0;
  const startedAt = process.hrtime.bigint();
  await client.servers.start({ params });
  while (!viewer.lines.some(({ text }) => text === 'ready')) {
    await new Promise((resolve) => viewer.socket.once('server_log', resolve));
  }
  const line = viewer.lines.find(({ text }) => text === 'ready');
  samples.push(Number((line?.receivedAtNs ?? 0n) - startedAt) / 1e6);
  await inState('running');
  await client.servers.stop({ params });
  await inState('stopped');
}
console.log(`start request → first console line   ${summary(samples)}`);
viewer.close();
