import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { isInTransition, isUp } from '@catalyst/shared/features/server-states';
import type { NewServer, Server } from '@catalyst/shared/features/servers';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { ContainerMachine } from '../container-machine.ts';
import { tickerTemplate } from '../container-templates.ts';
import { until } from '../product.ts';
import { busyboxImage } from '../services/busybox-image.ts';
import type { OciImage } from '../services/oci-image.ts';
import type { Registry } from '../services/registry.ts';

// What goes wrong with servers in containers: each has a clear state and sentence, a way on, and leaves nothing.

const damages = [
  {
    id: 'altered',
    what: 'with other bytes than its digest promises',
    damage: (bytes: Buffer) => Buffer.alloc(bytes.length, 'x'),
  },
  {
    id: 'cut-short',
    what: 'that is shorter than the image says',
    damage: (bytes: Buffer) => bytes.subarray(0, bytes.length - 1000),
  },
];

let machine: ContainerMachine;
let whyNot: string | undefined;
let image: OciImage;
let client: Awaited<ReturnType<ContainerMachine['product']['adminClient']>>;
let before: ReturnType<ContainerMachine['traces']>;

beforeAll(async () => {
  const busybox = busyboxImage();
  const opened = await ContainerMachine.create();
  if (typeof opened === 'string') whyNot = opened;
  else machine = opened;
  if (!busybox) whyNot ??= 'busybox-static is not installed';
  if (whyNot || !busybox) return;
  image = busybox;
  const open = await machine.push(image, 'games/ticker');
  const { host } = machine.open.internet;
  await machine.addTemplate(tickerTemplate(open));
  await machine.addTemplate(tickerTemplate(`${host}/games/late:latest`, { id: 'late' }));
  const closed = await machine.push(image, 'games/closed', machine.closed);
  await machine.addTemplate(tickerTemplate(closed, { id: 'closed' }));
  const heavy = busyboxImage({ ballastBytes: [2_000_000] }) ?? busybox;
  await machine.addTemplate(tickerTemplate(await machine.push(heavy, 'games/heavy'), { id: 'heavy' }));
  const argv = ['/bin/sh', '-c', 'echo loading; while read -r word; do [ "$word" != stop ] || exit 0; done'];
  await machine.addTemplate(tickerTemplate(open, { id: 'loading', startup: { argv } }));
  const bomb = 'bomb() { bomb | bomb & }; echo ready; while :; do bomb; sleep 1; done';
  await machine.addTemplate(
    tickerTemplate(open, { id: 'forks', startup: { argv: ['/bin/sh', '-c', bomb] } }),
  );
  const stubborn = 'trap "" TERM; echo ready; while :; do sleep 1; done';
  await machine.addTemplate(
    tickerTemplate(open, {
      id: 'stubborn',
      startup: { argv: ['/bin/sh', '-c', stubborn] },
      stop: { kind: 'signal', signal: 'SIGTERM', timeoutSeconds: 1 },
    }),
  );
  const never = { restartPolicy: { mode: 'never' as const } };
  await machine.addTemplate(tickerTemplate(open, { id: 'once', ...never }));
  for (const { id } of damages) {
    await machine.addTemplate(tickerTemplate(`${host}/games/${id}:latest`, { id }));
  }
  client = await machine.start();
  before = machine.traces();
});
beforeEach(({ skip }) => {
  if (whyNot) skip(whyNot);
});
afterEach(async () => {
  if (whyNot) return;
  for (const { id } of (await client.servers.list()).items) await remove(id);
  for (const { id } of (await client.registries.list()).items)
    await client.registries.delete({ params: { id } });
  await until('nothing is left', () => {
    expect(machine.traces()).toEqual(before);
    return true;
  });
});
afterAll(async () => {
  await machine?.[Symbol.asyncDispose]();
});

it('says that there is no such image, and starts once there is one', async () => {
  const id = await create('late', { startAfterInstall: true });
  const server = await stateIs(id, 'crashed');
  expect(server.reason).toBe('image_pull_failed');
  expect(server.reasonText).toMatch(/^There is no image .*games\/late:latest\.$/);
  await machine.push(image, 'games/late');
  await client.servers.start({ params: { id } });
  await stateIs(id, 'running');
});

it('says that a registry wants credentials, refuses wrong ones, and starts with the right ones', async () => {
  const { internet, registry } = machine.closed;
  const { username = '', password = '' } = registry.login ?? {};
  const id = await create('closed', { startAfterInstall: true });
  const denied = await stateIs(id, 'crashed');
  expect(denied.reason).toBe('image_pull_failed');
  expect(denied.reasonText).toMatch(/wants credentials for it\.$/);
  const login = await client.registries.create({
    body: { host: internet.host, username, password: 'another one' },
  });
  await client.servers.start({ params: { id } });
  await until('they are refused', async () => {
    const { reasonText, operation } = await client.servers.get({ params: { id } });
    return reasonText?.includes('refuses these credentials') === true && operation?.finishedAt !== null;
  });
  await client.registries.update({ params: { id: login.id }, body: { password } });
  await client.servers.start({ params: { id } });
  await stateIs(id, 'running');
});

it.each(damages)(
  'says that a registry has a layer $what, and starts once it is whole',
  async ({ id: name, damage }) => {
    // Of another size each time, so that no layer is here already.
    const whole = busyboxImage({ ballastBytes: [name.length * 10_000] }) ?? image;
    await machine.push(whole, `games/${name}`);
    const layers = [...whole.blobs].filter(([digest]) => !image.blobs.has(digest));
    const [ballast] = layers.toSorted(([, one], [, other]) => other.length - one.length)[0] ?? [];
    const path = storedBlob(machine.open.registry, ballast ?? '');
    const right = readFileSync(path);
    writeFileSync(path, damage(right));
    const id = await create(name, { startAfterInstall: true });
    const server = await stateIs(id, 'crashed');
    expect(server.reason).toBe('image_pull_failed');
    expect(server.reasonText).toMatch(/(digest promises|than the image says)/);
    expect(machine.traces()).toMatchObject({ containers: [], tasks: [], snapshots: [], shims: [] });
    writeFileSync(path, right);
    await client.servers.start({ params: { id } });
    await stateIs(id, 'running');
  },
);

it('says which port is taken, and starts once it is free', async () => {
  const id = await create('ticker');
  const { primaryPort } = await stateIs(id, 'stopped');
  const other = createServer().listen(primaryPort, '0.0.0.0');
  await once(other, 'listening');
  await client.servers.start({ params: { id } });
  const server = await stateIs(id, 'crashed');
  expect(server.reason).toBe('port_taken');
  expect(server.reasonText).toContain(`Port ${primaryPort} (tcp) is already taken on this node`);
  other.close();
  await once(other, 'close');
  await client.servers.start({ params: { id } });
  await stateIs(id, 'running');
});

it('says that containerd does not run, and starts once it does', async () => {
  const id = await create('ticker');
  await stateIs(id, 'stopped');
  await machine.containerd.kill();
  await client.servers.start({ params: { id } });
  const server = await stateIs(id, 'crashed');
  expect(server.reason).toBe('runtime_unavailable');
  expect(server.reasonText).toMatch(/^containerd is not running/);
  await machine.containerd.restart();
  await client.servers.start({ params: { id } });
  await stateIs(id, 'running');
});

it('says which CNI plugin is missing, and starts once it is there', async () => {
  const plugins = ['/usr/lib/cni', '/opt/cni/bin'].find(existsSync);
  if (!plugins) throw new Error('containernetworking-plugins is not installed');
  execFileSync('ip', ['link', 'add', 'lan0', 'type', 'veth', 'peer', 'name', 'lan1']);
  // In the mounts of the test alone.
  execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', plugins]);
  let isHidden = true;
  const show = () => {
    if (isHidden) execFileSync('umount', [plugins]);
    isHidden = false;
  };
  try {
    const [node] = (await client.nodes.list()).items;
    const params = { id: node?.id ?? '' };
    const { id: networkId } = await client.networks.create({
      params,
      body: { name: 'lan', kind: 'macvlan', parent: 'lan0', subnet: '10.77.0.0/24' },
    });
    const id = await create('ticker', { networkMode: 'lan', staticIp: '10.77.0.5' });
    await stateIs(id, 'stopped');
    await client.servers.start({ params: { id } });
    const server = await stateIs(id, 'crashed');
    expect(server.reason).toBe('start_failed');
    expect(server.reasonText).toMatch(/lacks the CNI plugin .*macvlan.* containernetworking-plugins/);
    show();
    await client.servers.start({ params: { id } });
    await stateIs(id, 'running');
    await remove(id);
    await client.networks.delete({ params: { ...params, networkId } });
  } finally {
    show();
    execFileSync('ip', ['link', 'delete', 'lan0']);
  }
});

it('kills a server that ignores SIGTERM, once its time is over', async () => {
  const id = await create('stubborn', { startAfterInstall: true });
  await stateIs(id, 'running');
  await client.servers.stop({ params: { id } });
  await stateIs(id, 'stopped');
  expect(await consoleOf(id)).toContain('It did not stop within 1 s and was killed.');
  expect(await machine.pidsOf(id)).toEqual([]);
});

it('keeps a fork bomb to its processes, lets its neighbour go on, and kills it to the last one', async () => {
  const neighbour = await create('ticker', { startAfterInstall: true });
  await stateIs(neighbour, 'running');
  const id = await create('forks', { startAfterInstall: true, pids: 60, allocatedCpuCores: 0.5 });
  await stateIs(id, 'running');
  await until('it is at its limit', async () => (await machine.pidsOf(id)).length > 50);
  expect((await machine.pidsOf(id)).length).toBeLessThanOrEqual(60);
  await client.console.command({ params: { id: neighbour }, body: { command: 'say fine' } });
  await until('the neighbour answers', async () => (await consoleOf(neighbour)).includes('said fine'));
  await client.servers.kill({ params: { id } });
  await stateIs(id, 'stopped');
  expect(await machine.pidsOf(id)).toEqual([]);
});

it('says that a server ran out of memory', async () => {
  const id = await create('once', { startAfterInstall: true });
  await stateIs(id, 'running');
  await client.console.command({ params: { id }, body: { command: 'bomb' } });
  const server = await stateIs(id, 'crashed');
  expect(server.reason).toBe('out_of_memory');
  expect(server.reasonText).toBe('It ran out of memory; its limit is 64 MB.');
});

it('runs one container when it is started twice at once', async () => {
  const id = await create('ticker');
  await stateIs(id, 'stopped');
  const starts = await Promise.allSettled([
    client.servers.start({ params: { id } }),
    client.servers.start({ params: { id } }),
  ]);
  expect(starts.some(({ status }) => status === 'fulfilled')).toBe(true);
  for (const start of starts) {
    if (start.status === 'rejected')
      expect(start.reason).toMatchObject({ code: expect.stringMatching(/conflict|invalid_state/) });
  }
  await stateIs(id, 'running');
  expect(machine.traces()).toMatchObject({
    containers: [expect.stringContaining(id)],
    tasks: [expect.stringContaining(id)],
  });
});

it('is not deleted while it starts, and leaves nothing when it is killed first', async () => {
  const id = await create('loading', { startAfterInstall: true });
  await stateIs(id, 'starting');
  await expect(client.servers.delete({ params: { id } })).rejects.toMatchObject({ code: 'invalid_state' });
  await client.servers.kill({ params: { id } });
  await stateIs(id, 'stopped');
});

it('ends a download that nobody waits for any more', async () => {
  machine.open.internet.setSpeed(20_000);
  const id = await create('heavy', { startAfterInstall: true });
  await until('it downloads', async () => (await consoleOf(id)).includes('Downloading'));
  await client.servers.kill({ params: { id } });
  await stateIs(id, 'stopped');
  machine.open.internet.setSpeed(null);
});

async function create(templateId: string, changes: Partial<NewServer> = {}): Promise<string> {
  const { id } = await client.servers.create({
    body: {
      name: templateId,
      templateId,
      allocatedMemoryMb: 64,
      allocatedCpuCores: 1,
      allocatedDiskMb: 64,
      ...changes,
    },
  });
  return id;
}

/** Where the registry keeps what it serves for a digest. */
function storedBlob({ folder }: Registry, digest: string): string {
  const hash = digest.replace('sha256:', '');
  return join(folder, 'content/docker/registry/v2/blobs/sha256', hash.slice(0, 2), hash, 'data');
}

async function stateIs(id: string, wanted: Server['state']): Promise<Server> {
  let server = await client.servers.get({ params: { id } });
  await until(`the server is ${wanted}`, async () => {
    server = await client.servers.get({ params: { id } });
    return server.state === wanted && (isInTransition(wanted) || server.operation?.finishedAt !== null);
  });
  return server;
}

async function consoleOf(id: string): Promise<string> {
  const { items } = await client.console.logs({ params: { id }, query: { limit: 1000 } });
  return items.map(({ text }) => text).join('\n');
}

/** As a person would: end it if it runs, then delete it. */
async function remove(id: string): Promise<void> {
  const { state } = await client.servers.get({ params: { id } });
  if (isUp(state)) {
    await client.servers.kill({ params: { id } });
    await until('it is down', async () => !isUp((await client.servers.get({ params: { id } })).state));
  }
  await client.servers.delete({ params: { id } });
  await until('it is gone', async () => (await client.servers.list()).items.every((one) => one.id !== id));
}
