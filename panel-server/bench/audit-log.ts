/**
 * The audit log with 1,000,000 entries: what each costs to write, in bursts and one by one, and how long pages of it take
 * under the filters that people use and under those that fit it worst. The argument `postgres` has it all on Postgres.
 */
import { rm } from 'node:fs/promises';
import { startPostgres } from '../../e2e/services/postgres.ts';
import { buildPanel } from '../src/app.ts';
import { readConfig } from '../src/config.ts';
import type { AuditRecord, AuditService } from '../src/features/audit/audit.service.ts';
import { environmentOf, makeDataDir, startBenchPanel } from './measuring/bench-panel.ts';
import { summary } from './measuring/figures.ts';

const entries = 1_000_000;
const atOnce = 500;
const pagesEach = 20;

const postgres = process.argv[2] === 'postgres' ? await startPostgres() : undefined;
if (process.argv[2] === 'postgres' && !postgres) process.exit(1);
const dataDir = await makeDataDir();
const environment = {
  ...environmentOf(dataDir),
  ...(postgres && { CATALYST_DATABASE_URL: postgres.url }),
};
try {
  const panel = await buildPanel(readConfig(environment));
  try {
    await write(panel.core.audit);
  } finally {
    await panel.close();
  }
  await read();
} finally {
  await postgres?.stop();
  await rm(dataDir, { recursive: true, force: true });
}

async function write(audit: AuditService): Promise<void> {
  const quarter = entries / 4;
  for (let begin = 0; begin < entries; begin += quarter) {
    const startedAt = performance.now();
    const cpu = process.cpuUsage();
    for (let index = begin; index < begin + quarter; index += atOnce) {
      await Promise.all(Array.from({ length: atOnce }, (_, more) => audit.record(entry(index + more))));
    }
    const each = (performance.now() - startedAt) / quarter;
    const { user, system } = process.cpuUsage(cpu);
    console.log(
      `${begin + quarter} entries: ${each.toFixed(3)} ms each, ${atOnce} at once,` +
        ` of which a core worked ${((user + system) / 1000 / quarter).toFixed(3)} ms${each <= 0.2 ? '' : '   TOO SLOW'}`,
    );
  }
  const alone: number[] = [];
  for (let index = 0; index < 1000; index++) {
    const startedAt = performance.now();
    await audit.record(entry(index));
    alone.push(performance.now() - startedAt);
  }
  console.log(`one by one, each on disk before the next: ${summary(alone, 'ms', 2)}`);
}

/** 200 users, 100 servers, 20,000 addresses; one in 50 failed, one in 100,000 was done to a node by the system. */
function entry(index: number): AuditRecord {
  const user = index % 200;
  const server = (index * 7) % 100;
  const actions = ['server.start', 'server.stop', 'console.command', 'server.update', 'session.create'];
  if (index % 100_000 === 50_000) {
    return {
      action: 'node.rare',
      outcome: 'success',
      actor: { kind: 'system' },
      target: { kind: 'node', id: 'n-1' },
    };
  }
  return {
    action: actions[index % actions.length] as string,
    outcome: index % 50 === 0 ? 'failure' : 'success',
    actor: { kind: 'user', id: `user-${user}`, name: `person${user}` },
    target: { kind: 'server', id: `server-${server}`, name: `Survival ${server}` },
    ip: `10.0.${index % 200}.${(index * 13) % 100}`,
    requestId: `request-${index}`,
    details: { command: `say something of ordinary length, number ${index}` },
  };
}

/** By the built panel, over the network, each first page and the pages after it. */
async function read(): Promise<void> {
  await using panel = await startBenchPanel(environment, dataDir);
  const { items } = await panel.client.audit.list({ query: { limit: 1, action: 'node.rare' } });
  const rareAt = items[0]?.at.getTime() ?? 0;
  const filters: Record<string, string>[] = [
    {},
    { userId: 'user-7' },
    { action: 'server.start' },
    { action: 'server.' },
    { action: 'node.' },
    { serverId: 'server-9' },
    { targetId: 'server-9', outcome: 'failure' },
    { ip: '10.0.7.91' },
    { outcome: 'failure' },
    { outcome: 'success' },
    { actorKind: 'system' },
    { targetKind: 'node' },
    { q: 'person7' },
    { q: 'survival 9' },
    { q: 'a' },
    { q: 'nobody of that name' },
    { userId: 'user-7', serverId: 'server-10' },
    { action: 'server.', outcome: 'failure', q: 'person1' },
    { userId: 'user-7', action: 'node.rare' },
    { from: new Date(rareAt - 5000).toISOString(), to: new Date(rareAt + 5000).toISOString() },
    { userId: 'user-7', to: new Date(rareAt - 5000).toISOString() },
  ];
  const all: number[] = [];
  for (const filter of filters) {
    const times: number[] = [];
    let found = 0;
    let cursor: string | undefined;
    do {
      const startedAt = performance.now();
      const page = await panel.client.audit.list({ query: { ...filter, limit: 50, cursor } as never });
      times.push(performance.now() - startedAt);
      found += page.items.length;
      cursor = page.nextCursor ?? undefined;
    } while (cursor && times.length < pagesEach);
    all.push(...times);
    console.log(
      `${JSON.stringify(filter).padEnd(90)} first ${times[0]?.toFixed(1)}  ${summary(times)}  ${found} found`,
    );
  }
  console.log(`pages of all kinds: ${summary(all)}`);
}
