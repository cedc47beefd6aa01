import { once } from 'node:events';
import { createServer } from 'node:net';
import { isInTransition, isUp } from '@catalyst/shared/features/server-states';
import type { Server } from '@catalyst/shared/features/servers';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { ContainerMachine } from '../container-machine.ts';
import { tickerTemplate } from '../container-templates.ts';
import { admin, until } from '../product.ts';
import { busyboxImage } from '../services/busybox-image.ts';
import type { OciImage } from '../services/oci-image.ts';

// What goes wrong with servers in containers: each has a clear state and sentence, a way on, and leaves nothing.

let machine: ContainerMachine;
let whyNot: string | undefined;
let image: OciImage;
let client: Awaited<ReturnType<ContainerMachine['product']['adminClient']>>;
let before: ReturnType<ContainerMachine['traces']>;

beforeAll(async () => {
  const busybox = busyboxImage();
  const opened = await ContainerMachine.create({
    CATALYST_ADMIN_EMAIL: admin.email,
    CATALYST_ADMIN_PASSWORD: admin.password,
  });
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
  await machine.product.start();
  client = await machine.product.adminClient();
  await until('containerd is available', async () => {
    const { items } = await client.nodes.list();
    return items.some(({ health }) =>
      health?.runtimes.some((one) => one.name === 'containerd' && one.available),
    );
  });
  before = machine.traces();
});
beforeEach(({ skip }) => {
  if (whyNot) skip(whyNot);
});
afterEach(async () => {
  if (whyNot) return;
  for (const { id } of (await client.servers.list()).items) await remove(id);
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
    const { reasonText } = await client.servers.get({ params: { id } });
    return reasonText?.includes('refuses these credentials') === true;
  });
  await client.registries.update({ params: { id: login.id }, body: { password } });
  await client.servers.start({ params: { id } });
  await stateIs(id, 'running');
});

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

async function create(templateId: string, { startAfterInstall = false } = {}): Promise<string> {
  const { id } = await client.servers.create({
    body: {
      name: templateId,
      templateId,
      allocatedMemoryMb: 64,
      allocatedCpuCores: 1,
      allocatedDiskMb: 64,
      startAfterInstall,
    },
  });
  return id;
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
