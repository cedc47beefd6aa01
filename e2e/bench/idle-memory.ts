/** What panel and agent hold 60 s after the start with nothing to do: median of five readings of `smaps_rollup`. */
import { setTimeout as delay } from 'node:timers/promises';
import { admin, Product, until } from '../product.ts';
import { quantile } from './measuring/figures.ts';
import { type Memory, memoryOf } from './measuring/process-figures.ts';

await using product = await Product.create({
  CATALYST_ADMIN_EMAIL: admin.email,
  CATALYST_ADMIN_PASSWORD: admin.password,
});
await product.start();
await until('the agent runs', async () => (await product.agentPid()) > 0);
const processes = { panel: product.panelPid, agent: await product.agentPid() };
await delay(60_000);
const readings = { panel: [] as Memory[], agent: [] as Memory[] };
for (let reading = 0; reading < 5; reading++) {
  for (const name of ['panel', 'agent'] as const) readings[name].push(memoryOf(processes[name]));
  await delay(2000);
}
for (const name of ['panel', 'agent'] as const) {
  const median = (pick: (memory: Memory) => number) => quantile(readings[name].map(pick), 0.5).toFixed(1);
  console.log(
    `${name}   PSS ${median((m) => m.pssMb)} MB   private ${median((m) => m.privateMb)} MB   RSS ${median((m) => m.rssMb)} MB`,
  );
}
