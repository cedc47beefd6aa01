/** From the REST request that starts a server to its first line at a viewer, 40 times. */
import { LiveConsole } from '../live-console.ts';
import { admin, Product, until } from '../product.ts';
import { addScriptTemplate } from '../script-template.ts';
import { summary } from './figures.ts';

await using product = await Product.create({
  CATALYST_ADMIN_EMAIL: admin.email,
  CATALYST_ADMIN_PASSWORD: admin.password,
  CATALYST_LOG_LEVEL: 'warn',
});
await addScriptTemplate(product, 'bench', 'unused', ['/bin/sh', '-c', 'echo ready; read line']);
await product.start();
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
