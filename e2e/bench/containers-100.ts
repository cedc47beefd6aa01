/**
 * One agent with 100 servers in containers, each printing 5 lines a second, with a panel that records what they use: the
 * start of all, what the agent holds and takes, and how long it is without its servers after SIGKILL. Arguments: how many
 * servers, and for how many seconds.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { ContainerMachine } from '../container-machine.ts';
import { tickerTemplate } from '../container-templates.ts';
import { admin, isAlive, until } from '../product.ts';
import { busyboxImage } from '../services/busybox-image.ts';
import { enterPrivateNetwork } from '../services/private-network.ts';
import { quantile } from './measuring/figures.ts';
import { cpuSecondsOf, type Memory, memoryOf } from './measuring/process-figures.ts';

enterPrivateNetwork(import.meta.url);
const [count, seconds] = [Number(process.argv[2] ?? 100), Number(process.argv[3] ?? 60)];
const statsPort = 18_080;
const linesPerSecond = 5;
// The shell waits by itself: a program started for each pause would take the machine more than the agent does.
const game = `
trap 'exit 0' TERM
line=0
echo ready
while :; do
  line=$((line + 1))
  echo "line $line: somebody has done something somewhere, and it is worth telling"
  read -t ${1 / linesPerSecond} -r word
done
`;

const image = busyboxImage();
const created = await ContainerMachine.create({
  CATALYST_ADMIN_EMAIL: admin.email,
  CATALYST_ADMIN_PASSWORD: admin.password,
  CATALYST_LOG_LEVEL: 'warn',
  CATALYST_AGENT_STATS_PORT: `${statsPort}`,
});
if (typeof created === 'string' || !image) throw new Error(`Not measured: ${created}`);
await using machine = created;
const { product } = machine;
const reference = await machine.push(image, 'games/bench');
await machine.addTemplate(
  tickerTemplate(reference, {
    startup: { argv: ['/bin/sh', '-c', game] },
    stop: { kind: 'signal', signal: 'SIGTERM', timeoutSeconds: 30 },
  }),
);
await product.start();
const client = await product.adminClient();
await until('containerd is available', async () => {
  const { items } = await client.nodes.list();
  return items.some(({ health }) =>
    health?.runtimes.some(({ name, available }) => name === 'containerd' && available),
  );
});

const ids = await newServers();
// The image comes with the first start.
await start(ids.slice(0, 1));
const startedAt = performance.now();
await start(ids.slice(1));
report(`start of ${count - 1} at once, all running`, since(startedAt), 's');

await delay(10_000);
const agentPid = await product.agentPid();
const linesBefore = await lastLines();
const countingAt = performance.now();
await delay(2000);
const cpuBefore = cpuSecondsOf(agentPid);
const measuringAt = performance.now();
await delay(seconds * 1000);
const cpu = (100 * (cpuSecondsOf(agentPid) - cpuBefore)) / since(measuringAt);
const printed = (await lastLines()).map((seq, index) => seq - (linesBefore[index] ?? 0));
const perSecond = printed.map((lines) => lines / since(countingAt));
const readings: Memory[] = [];
for (let reading = 0; reading < 5; reading++) {
  readings.push(memoryOf(agentPid));
  await delay(1000);
}
report('lines a second and server in the history, slowest', quantile(perSecond, 0), `(of ${linesPerSecond})`);
report('agent CPU, percent of a core', cpu, '%', 10);
const median = (pick: (memory: Memory) => number) => quantile(readings.map(pick), 0.5);
report(
  'agent PSS',
  median(({ pssMb }) => pssMb),
  'MB',
  90,
);
report(
  'agent private',
  median(({ privateMb }) => privateMb),
  'MB',
);

const before = await mainPids();
const killedAt = performance.now();
await product.killAgent();
let nextAgentAt = 0;
await until('the next agent has all servers', async () => {
  const pid = await product.agentPid();
  if (pid !== agentPid && isAlive(pid)) nextAgentAt ||= performance.now();
  return (await running()) === count;
});
report('SIGKILL of the agent until the next one has all of them', since(killedAt), 's', 5);
report('  of that, the panel noticing and starting it', (nextAgentAt - killedAt) / 1000, 's');
const after = await mainPids();
if (before.some((pid, index) => pid !== after[index])) throw new Error('A server did not survive');

const stoppingAt = performance.now();
await Promise.all(ids.map((id) => client.servers.stop({ params: { id } })));
await until('all are stopped', async () => (await inState('stopped')) === count, 300_000);
report('stop of all', since(stoppingAt), 's');
await Promise.all(ids.map((id) => client.servers.delete({ params: { id } })));
await until('all are gone', async () => (await client.servers.list()).items.length === 0, 300_000);

async function newServers(): Promise<string[]> {
  const made: string[] = [];
  for (let number = 1; number <= count; number++) {
    const { id } = await client.servers.create({
      body: {
        name: `server ${number}`,
        templateId: 'ticker',
        allocatedMemoryMb: 32,
        allocatedCpuCores: 0.1,
        allocatedDiskMb: 16,
      },
    });
    made.push(id);
  }
  await until('all are installed', async () => (await inState('stopped')) === count, 120_000);
  return made;
}

async function start(some: readonly string[]): Promise<void> {
  const already = await inState('running');
  await Promise.all(some.map((id) => client.servers.start({ params: { id } })));
  await until('all run', async () => (await inState('running')) === already + some.length, 300_000);
}

async function inState(state: string): Promise<number> {
  const { items } = await client.servers.list({ query: { limit: 100 } });
  return items.filter((server) => server.state === state).length;
}

async function lastLines(): Promise<number[]> {
  return Promise.all(
    ids.map(
      async (id) =>
        (await client.console.logs({ params: { id }, query: { limit: 1 } })).items.at(-1)?.seq ?? 0,
    ),
  );
}

async function mainPids(): Promise<number[]> {
  const pids: number[] = [];
  for (const id of ids) pids.push((await machine.mainOf(id)).pid);
  return pids;
}

/** As the agent itself says, without a panel. */
async function running(): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${statsPort}/stats`);
  const { servers } = (await answer.json()) as { servers: unknown[] };
  return servers.length;
}

function since(moment: number): number {
  return (performance.now() - moment) / 1000;
}

function report(what: string, value: number, unit: string, atMost?: number): void {
  const target = atMost === undefined ? '' : ` (target: at most ${atMost})`;
  console.log(`${what.padEnd(56)} ${value.toFixed(1)} ${unit}${target}`);
  if (atMost !== undefined && value > atMost) process.exitCode = 1;
}
