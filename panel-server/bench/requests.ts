/** Requests a second over 20 connections for 10 s each: /health, /api/auth/me, and /api/servers with 100 servers. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { FakeAgent } from '../src/testing/fake-agent.ts';
import { startBenchPanel } from './measuring/bench-panel.ts';
import { quantile } from './measuring/figures.ts';

const connections = 20;
const durationMs = 10_000;
const unlimited = { anonymous: 10_000_000, signedIn: 10_000_000, health: 10_000_000 };

await using panel = await startBenchPanel({ CATALYST_RATE_LIMITS: JSON.stringify(unlimited) });
const { port, pid, token, client } = panel;
const agent = await FakeAgent.linked({ admin: { api: client } } as never);
agent.announceHealth({ memoryTotalMb: 1_000_000, diskTotalMb: 1_000_000_000, cpuCores: 1000 });
const serverIds: string[] = [];
for (let index = 0; index < 100; index++) {
  const limits = { allocatedMemoryMb: 512, allocatedCpuCores: 1, allocatedDiskMb: 1024 };
  const { id } = await client.servers.create({
    body: { name: `Server ${index}`, templateId: 'minecraft-js', nodeId: agent.nodeId, ...limits },
  });
  serverIds.push(id);
}
await delay(1000);
// As in life: every report makes the pages of the list anew.
const usage = { cpuPercent: 12.5, memoryBytes: 300_000_000, diskBytes: 1_000_000_000, pids: 12 };
const reporting = setInterval(() => {
  const stats = serverIds.map((serverId) => ({ serverId, ...usage }));
  agent.socket.emit('resource_stats', { at: Date.now(), stats });
}, 1000);
for (const path of ['/health', '/api/auth/me', '/api/servers', '/api/servers?limit=100']) {
  await measure(port, path, token, 1000);
  const before = await cpuSeconds(pid);
  const { times, bytes } = await measure(port, path, token, durationMs);
  const cores = ((await cpuSeconds(pid)) - before) / (durationMs / 1000);
  const at = (share: number) => quantile(times, share).toFixed(1);
  const rate = Math.round(times.length / (durationMs / 1000));
  console.log(
    `${path.padEnd(24)} ${String(rate).padStart(6)} requests/s  p50 ${at(0.5)}  p99 ${at(0.99)}  max ${at(0.9999)} ms` +
      `  ${Math.round(bytes / times.length)} B each  panel ${cores.toFixed(2)} cores`,
  );
}
clearInterval(reporting);
agent.disconnect();

/** Each connection asks again as soon as it has its answer. */
async function measure(port: number, path: string, token: string, forMs: number) {
  const times: number[] = [];
  let bytes = 0;
  const end = performance.now() + forMs;
  const request = `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\n\r\n`;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      const socket = connect(port, '127.0.0.1').setNoDelay(true);
      await once(socket, 'connect');
      await new Promise<void>((resolve, reject) => {
        let received = 0;
        let expected = 0;
        let startedAt = performance.now();
        socket.on('error', reject);
        socket.on('data', (chunk) => {
          if (expected === 0) {
            const head = chunk.toString('latin1');
            if (!head.startsWith('HTTP/1.1 200 ')) reject(new Error(head));
            const length = /content-length: (\d+)/i.exec(head)?.[1];
            expected = head.indexOf('\r\n\r\n') + 4 + Number(length);
          }
          received += chunk.length;
          if (received < expected) return;
          bytes += received;
          received = 0;
          expected = 0;
          times.push(performance.now() - startedAt);
          if (performance.now() > end) {
            socket.destroy();
            resolve();
            return;
          }
          startedAt = performance.now();
          socket.write(request);
        });
        socket.write(request);
      });
    }),
  );
  return { times, bytes };
}

async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  const [user = 0, system = 0] = stat?.split(') ')[1]?.split(' ').slice(11, 13).map(Number) ?? [];
  return (user + system) / 100;
}
