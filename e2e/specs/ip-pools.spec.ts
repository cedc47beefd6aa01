import { execFileSync, spawnSync } from 'node:child_process';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { ContainerMachine } from '../container-machine.ts';
import { tickerTemplate } from '../container-templates.ts';
import { until } from '../product.ts';
import { busyboxImage } from '../services/busybox-image.ts';
import { askFromOutside, connectOutside } from '../services/outside.ts';

// Addresses of pools on real interfaces of real containers, asked by another machine on the same cable.

const port = 41_000;
const families = {
  ipv4: { subnet: '192.0.2.0/24', gateway: '192.0.2.2', startIp: '192.0.2.100', endIp: '192.0.2.100' },
  ipv6: { subnet: '2001:db8::/64', gateway: '2001:db8::2', startIp: '2001:db8::100', endIp: '2001:db8::100' },
};

let machine: ContainerMachine;
let whyNot: string | undefined;
let client: Awaited<ReturnType<ContainerMachine['product']['adminClient']>>;
let nodeId: string;
let disconnectOutside: () => void;

beforeAll(async () => {
  const busybox = busyboxImage();
  const opened = await ContainerMachine.create();
  if (typeof opened === 'string') whyNot = opened;
  else machine = opened;
  if (!busybox) whyNot ??= 'busybox-static is not installed';
  if (whyNot || !busybox) return;
  disconnectOutside = connectOutside();
  execFileSync('ip', ['-n', 'outside', 'addr', 'add', '2001:db8::2/64', 'dev', 'wan', 'nodad']);
  const serving = `httpd -p ${port} -h /; echo ready; while read -r word; do [ "$word" != stop ] || exit 0; done`;
  await machine.addTemplate(
    tickerTemplate(await machine.push(busybox, 'games/ticker'), {
      startup: { argv: ['/bin/sh', '-c', serving] },
    }),
  );
  client = await machine.start();
  nodeId = (await client.nodes.list()).items[0]?.id ?? '';
});
beforeEach(({ skip }) => {
  if (whyNot) skip(whyNot);
});
afterAll(async () => {
  await machine?.[Symbol.asyncDispose]();
  disconnectOutside?.();
});

it.for(['macvlan', 'ipvlan'] as const)(
  'gives servers addresses of pools that others reach, kept over restarts and given to the next after a deletion (%s)',
  { timeout: 60_000 },
  async (kind, { skip }) => {
    if (!isKindHere(kind)) skip(`The kernel of this machine has no ${kind}`);
    await clear();
    const params = { id: nodeId };
    const networks = Object.entries(families).map(([family, { subnet, gateway, ...range }]) => ({
      ...{ name: `${kind}-${family}`, kind, parent: 'wan', subnet, gateway },
      range,
    }));
    for (const { range, ...network } of networks) {
      await client.networks.create({ params, body: network });
      const pool = { nodeId, networkName: network.name, cidr: network.subnet, ...range };
      await client.ipPools.create({ body: pool });
    }
    const names = networks.map(({ name }) => name);
    const first = await Promise.all(names.map(start));
    expect(await Promise.all(first.map(addressOf))).toEqual(['192.0.2.100', '2001:db8::100']);
    for (const id of first) await answersAtItsAddress(id);
    await Promise.all(first.map((id) => client.servers.restart({ params: { id } })));
    await Promise.all(first.map(isRunning));
    for (const id of first) await answersAtItsAddress(id);
    await Promise.all(first.map(remove));
    const next = await Promise.all(names.map(start));
    expect(await Promise.all(next.map(addressOf))).toEqual(['192.0.2.100', '2001:db8::100']);
    for (const id of next) await answersAtItsAddress(id);
  },
);

function isKindHere(kind: string): boolean {
  const probe = `ip link add name a type veth peer name b && ip link add link a name c type ${kind}`;
  return spawnSync('unshare', ['--net', 'sh', '-c', probe]).status === 0;
}

/** The kernel gives a cable to one of the two kinds at a time. */
async function clear(): Promise<void> {
  await Promise.all((await client.servers.list()).items.map(({ id }) => remove(id)));
  for (const { id } of (await client.ipPools.list()).items) await client.ipPools.delete({ params: { id } });
  for (const { id } of (await client.networks.list({ params: { id: nodeId } })).items) {
    await client.networks.delete({ params: { id: nodeId, networkId: id } });
  }
}

async function start(networkMode: string): Promise<string> {
  const { id } = await client.servers.create({
    body: {
      ...{ name: networkMode, templateId: 'ticker', networkMode, startAfterInstall: true },
      ...{ allocatedMemoryMb: 64, allocatedCpuCores: 1, allocatedDiskMb: 64 },
    },
  });
  await isRunning(id);
  return id;
}

function isRunning(id: string): Promise<void> {
  return until('the server runs', async () => {
    const { state, operation, reasonText } = await client.servers.get({ params: { id } });
    if (state === 'crashed') throw new Error(`It crashed: ${reasonText}`);
    return state === 'running' && operation?.finishedAt !== null;
  });
}

async function addressOf(id: string): Promise<string | null> {
  return (await client.servers.get({ params: { id } })).staticIp;
}

async function answersAtItsAddress(id: string): Promise<void> {
  const address = (await addressOf(id)) ?? '';
  const [pid] = await machine.pidsOf(id);
  const own = execFileSync('nsenter', ['-t', `${pid}`, '-n', 'ip', '-o', 'addr', 'show', 'dev', 'eth0']);
  expect(own.toString()).toContain(` ${address}/`);
  const host = address.includes(':') ? `[${address}]` : address;
  const ask = 'fetch(process.argv[1]).then(({ status }) => console.log(status))';
  // It says that it is ready before its port is there.
  await until('it answers another machine', () =>
    askFromOutside<number>('-e', [ask, `http://${host}:${port}/etc/group`]).then(
      (status) => status === 200,
      () => false,
    ),
  );
  const { ports } = await client.livePorts.list({ params: { id } });
  expect(ports).toMatchObject([{ port, protocol: 'tcp', state: 'listening' }]);
}

async function remove(id: string): Promise<void> {
  await client.servers.kill({ params: { id } });
  await until('it is down', async () => (await client.servers.get({ params: { id } })).state === 'stopped');
  await client.servers.delete({ params: { id } });
  await until('it is gone', async () => (await client.servers.list()).items.every((one) => one.id !== id));
}
