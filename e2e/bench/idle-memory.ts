/** What panel and agent hold 60 s after the start with nothing to do: median of five readings of `smaps_rollup`. */
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { admin, Product, until } from '../product.ts';
import { quantile } from './figures.ts';

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

interface Memory {
  pssMb: number;
  privateMb: number;
  rssMb: number;
}

function memoryOf(pid: number): Memory {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const megabytes = (field: string) =>
    Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(rollup)?.[1]) / 1024;
  return {
    pssMb: megabytes('Pss'),
    privateMb: megabytes('Private_Clean') + megabytes('Private_Dirty'),
    rssMb: megabytes('Rss'),
  };
}
