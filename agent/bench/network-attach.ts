import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLogger } from '../src/logger.ts';
import { runProgram } from '../src/network/run-program.ts';
import { ServerNetworks } from '../src/network/server-networks.ts';

// A server's network with one port over TCP and UDP: ours, and what CNI's bridge and portmap take for the same. Rounds
// take turns, with a bare spawn among them: it is the floor of this machine at this moment. Run as root; the machine's
// own network is not touched.
if (process.env.CATALYST_TEST_NETWORK !== 'private') startInPrivateNetwork();

const rounds = 40;
const folder = mkdtempSync(join(tmpdir(), 'catalyst-bench-'));
const networks = new ServerNetworks({ stateFolder: folder, prefix: 'bench', log: createLogger('warn') });
const signal = AbortSignal.timeout(600_000);
const bridge = { mode: 'bridge' } as const;
const ports = [{ name: 'game', ip: '0.0.0.0', port: 25565, protocol: 'both' as const }];
const plugins = ['/usr/lib/cni', '/opt/cni/bin'].find((path) => existsSync(join(path, 'portmap')));
if (!plugins) console.log('CNI plugins are not installed: measured without them');
const times: Record<string, number[]> = {};

await networks.recover([]);
// One that stays: what all servers share is then there already.
await networks.attach('first', bridge, [], signal);
for (let round = 0; round < rounds; round++) {
  await measure('floor: spawn of a program', () => runProgram('true', []));
  await measure('new server: attach', () => networks.attach('one', bridge, ports, signal));
  await measure('new server: publish', () => networks.publish('one'));
  await measure('unpublish', () => networks.unpublish('one'));
  await measure('started again: attach and publish', async () => {
    await networks.attach('one', bridge, ports, signal);
    await networks.publish('one');
  });
  await measure('detach (published)', () => networks.detach('one'));
  if (plugins) await measureCni(plugins);
}
await networks.detach('first');
await networks.close();
await measureMany(100);
for (const [name, all] of Object.entries(times)) {
  const [p10, p50, p90] = [0.1, 0.5, 0.9].map((part) => quantile(all, part).toFixed(1).padStart(6));
  console.log(`${name.padEnd(50)} p50 ${p50} ms   [p10 ${p10}, p90 ${p90}]   ${all.length} rounds`);
}
rmSync(folder, { recursive: true });

async function measureCni(path: string): Promise<void> {
  const ipam = {
    type: 'host-local',
    dataDir: join(folder, 'ipam'),
    ranges: [[{ subnet: '10.250.0.0/24' }]],
    routes: [{ dst: '0.0.0.0/0' }],
  };
  const portMappings = ['tcp', 'udp'].map((protocol) => ({
    hostPort: 25570,
    containerPort: 25570,
    protocol,
  }));
  const shared = { cniVersion: '0.4.0', name: 'bench' };
  const chain = [
    { ...shared, type: 'bridge', bridge: 'bench0', isGateway: true, ipMasq: true, ipam },
    { ...shared, type: 'portmap', capabilities: { portMappings: true }, runtimeConfig: { portMappings } },
  ];
  let prevResult: unknown;
  const call = async (command: string, config: { type: string }) => {
    const environment = {
      CNI_COMMAND: command,
      CNI_CONTAINERID: 'bench',
      CNI_NETNS: '/run/netns/bench-cni',
      CNI_IFNAME: 'eth0',
      CNI_PATH: path,
    };
    const input = JSON.stringify(prevResult ? { ...config, prevResult } : config);
    return runProgram(join(path, config.type), [], { input, environment });
  };
  await measure('CNI bridge + portmap: netns and ADD', async () => {
    await runProgram('ip', ['netns', 'add', 'bench-cni']);
    for (const config of chain) prevResult = JSON.parse(await call('ADD', config));
  });
  await measure('CNI bridge + portmap: DEL and netns', async () => {
    for (const config of chain.toReversed()) await call('DEL', config);
    await runProgram('ip', ['netns', 'delete', 'bench-cni']);
  });
}

async function measureMany(count: number): Promise<void> {
  const many = Array.from({ length: count }, (_, index) => `s${index}`);
  const all = new ServerNetworks({ stateFolder: folder, prefix: 'bench', log: createLogger('warn') });
  await measure(`${count} servers at once: attach and publish`, () =>
    Promise.all(
      many.map(async (name, index) => {
        const own = [{ name: 'game', ip: '0.0.0.0', port: 30_000 + index, protocol: 'both' as const }];
        await all.attach(name, bridge, own, signal);
        await all.publish(name);
      }),
    ),
  );
  await all.close();
  const next = new ServerNetworks({ stateFolder: folder, prefix: 'bench', log: createLogger('warn') });
  await measure(`${count} servers: recover (table rewritten)`, () => next.recover(many));
  for (let round = 0; round < rounds; round++) {
    await measure(`${count} servers: counters`, () => Promise.all(many.map((name) => next.counters(name))));
  }
  await measure(`${count} servers at once: detach`, () => Promise.all(many.map((name) => next.detach(name))));
  await next.close();
}

async function measure(name: string, work: () => Promise<unknown>): Promise<void> {
  const before = performance.now();
  await work();
  times[name] = [...(times[name] ?? []), performance.now() - before];
}

function quantile(values: number[], part: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * part)] ?? Number.NaN;
}

function startInPrivateNetwork(): never {
  const script = 'ip link set lo up && mkdir -p /run/netns && mount -t tmpfs tmpfs /run/netns && exec "$@"';
  const self = [process.execPath, fileURLToPath(import.meta.url)];
  const { status } = spawnSync('unshare', ['--net', '--mount', 'sh', '-c', script, 'sh', ...self], {
    env: { ...process.env, CATALYST_TEST_NETWORK: 'private' },
    stdio: 'inherit',
  });
  process.exit(status ?? 1);
}
