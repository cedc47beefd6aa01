/**
 * How long a page of the server list takes with 1,000 servers whose use is reported every second: the first 50, a page
 * further on, and what is found by words, tag and group. Ten viewers, each with four requests a second; and what of it the
 * panel's processor is busy, whatever else the machine does. Argument: how many servers.
 */
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { FakeAgent } from '../src/testing/fake-agent.ts';
import { startBenchPanel } from './measuring/bench-panel.ts';
import { summary } from './measuring/figures.ts';

const count = Number(process.argv[2] ?? 1000);
const viewers = 10;
const everyMs = 250;
const durationMs = 10_000;
const groups = ['Community', 'Schools', 'Events', 'Partners'];
const tags = ['eu', 'us', 'vanilla', 'modded', 'whitelist'];

await using panel = await startBenchPanel({
  CATALYST_RATE_LIMITS: JSON.stringify({ anonymous: 1_000_000, signedIn: 1_000_000 }),
});
const { client, token, port } = panel;
const agent = await FakeAgent.linked({ admin: { api: client } } as never);
agent.announceHealth({ memoryTotalMb: 1_000_000, diskTotalMb: 1_000_000_000, cpuCores: 1000 });
const ids: string[] = [];
for (let index = 0; index < count; index++) {
  const { id } = await client.servers.create({
    body: {
      ...{ name: `Server ${index}`, templateId: 'minecraft-js', nodeId: agent.nodeId },
      ...{ allocatedMemoryMb: 512, allocatedCpuCores: 1, allocatedDiskMb: 1024 },
      description: `Number ${index} of many, for whoever likes such`,
      tags: tags.filter((_, n) => (index >> n) % 2 === 0),
      group: groups[index % groups.length] as string,
    },
  });
  ids.push(id);
}
await delay(1000);
const usage = { cpuPercent: 12.5, memoryBytes: 300_000_000, diskBytes: 1_000_000_000, pids: 12 };
const reporting = setInterval(() => {
  agent.socket.emit('resource_stats', {
    at: Date.now(),
    stats: ids.map((serverId) => ({ serverId, ...usage })),
  });
}, 1000);
const middle = ids[Math.floor(count / 2)];
const queries = {
  'first page': 'limit=50',
  'a page further on': `limit=50&cursor=${middle}`,
  'two words': 'limit=50&q=number+schools',
  'an address': `limit=50&q=192.0.2.10`,
  'nothing found': 'limit=50&q=no+such+server',
  'tag and group': 'limit=50&tag=modded&group=Events',
};
for (const [title, query] of Object.entries(queries)) {
  await measure(query, 1000);
  const before = await cpuMs(panel.pid);
  const times = await measure(query, durationMs);
  const busy = ((await cpuMs(panel.pid)) - before) / times.length;
  console.log(
    `${title.padEnd(18)} ${summary(times)}  panel ${busy.toFixed(1)} ms CPU each, reports included`,
  );
}
clearInterval(reporting);
agent.disconnect();

async function measure(query: string, forMs: number): Promise<number[]> {
  const times: number[] = [];
  const end = performance.now() + forMs;
  const view = async (viewer: number) => {
    await delay((viewer * everyMs) / viewers);
    while (performance.now() < end) {
      const startedAt = performance.now();
      const response = await fetch(`http://127.0.0.1:${port}/api/servers?${query}`, {
        headers: { authorization: `Bearer ${token}` },
      });
      if (response.status !== 200) throw new Error(`The panel answered ${response.status}`);
      await response.arrayBuffer();
      times.push(performance.now() - startedAt);
      await delay(Math.max(0, startedAt + everyMs - performance.now()));
    }
  };
  await Promise.all(Array.from({ length: viewers }, (_, viewer) => view(viewer)));
  return times;
}

async function cpuMs(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const [user = 0, system = 0] = stat.split(') ')[1]?.split(' ').slice(11, 13).map(Number) ?? [];
  return (user + system) * 10;
}
