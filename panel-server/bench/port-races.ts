/**
 * 100 creates at once over ten free ports, then 1,000 rounds of creation, failures of three kinds and deletion, eight at
 * once: how long they take, and what they leave behind. The argument `postgres` has it all on Postgres.
 */
import { rm } from 'node:fs/promises';
import { api } from '@catalyst/shared/api';
import { createApiClient } from '@catalyst/shared/contract/client';
import { startPostgres } from '../../e2e/services/postgres.ts';
import { buildPanel } from '../src/app.ts';
import { readConfig } from '../src/config.ts';
import { FakeAgent } from '../src/testing/fake-agent.ts';
import { createAtOnce, leftovers, portRound, removed, tenPorts } from '../src/testing/port-rounds.ts';
import { admin, environmentOf, makeDataDir } from './measuring/bench-panel.ts';
import { summary } from './measuring/figures.ts';

const rounds = 1000;
const atOnce = 8;

const postgres = process.argv[2] === 'postgres' ? await startPostgres() : undefined;
if (process.argv[2] === 'postgres' && !postgres) process.exit(1);
const dataDir = await makeDataDir();
const panel = await buildPanel(
  readConfig({
    ...environmentOf(dataDir),
    ...(postgres && { CATALYST_DATABASE_URL: postgres.url }),
    CATALYST_RATE_LIMITS: JSON.stringify({ anonymous: 10_000_000, signedIn: 10_000_000 }),
  }),
);
try {
  const { url } = await panel.open();
  const { token } = await createApiClient(api, { baseUrl: url }).sessions.login({ body: admin });
  const client = createApiClient(api, { baseUrl: url, token: () => token });
  const agent = await FakeAgent.linked({ admin: { api: client } } as never);
  await tenPorts(client, agent);
  const left = async () => JSON.stringify(await leftovers(panel.core.database, agent.nodeId));

  const startedAt = performance.now();
  const { servers, refusals } = await createAtOnce(client, agent, 100);
  const ports = new Set(servers.map(({ primaryPort }) => primaryPort));
  const tookMs = performance.now() - startedAt;
  console.log(
    `100 at once over 10 ports: ${servers.length} created with ${ports.size} different ports, ` +
      `${refusals.filter((code) => code === 'no_free_port').length} no_free_port, in ${tookMs.toFixed(0)} ms`,
  );
  await Promise.all(servers.map(({ id }) => removed(client, id)));
  console.log(`left of them: ${await left()}`);

  const times: number[] = [];
  const counts = new Map<string, number>();
  let begun = 0;
  const work = async () => {
    while (begun < rounds) {
      begun += 1;
      const beganAt = performance.now();
      const outcomes = await portRound(client, agent);
      times.push(performance.now() - beganAt);
      for (const each of outcomes) counts.set(each, (counts.get(each) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  console.log(`${times.length} rounds, ${atOnce} at once: ${summary(times)}`);
  console.log(`refused: ${JSON.stringify(Object.fromEntries(counts))}`);
  console.log(`left of them: ${await left()}`);
  agent.disconnect();
} finally {
  await panel.close();
  await postgres?.stop();
  await rm(dataDir, { recursive: true, force: true });
}
