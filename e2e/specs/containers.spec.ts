import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { launchBrowser } from '../browser.ts';
import { ContainerMachine } from '../container-machine.ts';
import { openttdTemplate, tickerTemplate } from '../container-templates.ts';
import { admin, isAlive, until } from '../product.ts';
import { busyboxImage } from '../services/busybox-image.ts';
import { openttdImage } from '../services/openttd-image.ts';
import { askFromOutside, connectOutside, hostAddress } from '../services/outside.ts';

// Servers in containers, from the form in the browser to nothing being left, with everything killed in between.

const visitor = fileURLToPath(new URL('../openttd-visitor.ts', import.meta.url));
const title = 'Steam and diesel';

let machine: ContainerMachine;
let whyNot: string | undefined;
let client: Awaited<ReturnType<ContainerMachine['product']['adminClient']>>;
let browser: Browser;
let page: Page;
let disconnectOutside: () => void;
let before: ReturnType<ContainerMachine['traces']>;
let gameId: string;
let tickerId: string;

beforeAll(async () => {
  const [game, busybox] = [openttdImage(), busyboxImage()];
  const opened = await ContainerMachine.create();
  if (typeof opened === 'string') whyNot = opened;
  else machine = opened;
  if (!game || !busybox) whyNot ??= 'OpenTTD or busybox-static is not installed';
  if (whyNot || !game || !busybox) return;
  disconnectOutside = connectOutside();
  await machine.addTemplate(openttdTemplate(await machine.push(game, 'games/openttd')));
  await machine.addTemplate(tickerTemplate(await machine.push(busybox, 'games/ticker')));
  await machine.product.start();
  client = await machine.product.adminClient();
  await runtimeIs('available');
  browser = await launchBrowser();
  page = await browser.newPage();
  before = machine.traces();
});
beforeEach(({ skip }) => {
  if (whyNot) skip(whyNot);
});
afterAll(async () => {
  await browser?.close();
  await machine?.[Symbol.asyncDispose]();
  disconnectOutside?.();
});

it('creates a server in a container from the form, and shows how its image comes', async () => {
  // Slow enough to be seen.
  machine.open.internet.setSpeed(8_000_000);
  await page.goto(`${await machine.product.url()}/servers/new`);
  await page.getByLabel('E-mail').fill(admin.email);
  await page.getByLabel('Password', { exact: true }).fill(admin.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('Trains in a box').click();
  await page.getByLabel('Name', { exact: true }).fill('Trains');
  await page.getByLabel('Name in the server list').fill(title);
  await page.getByRole('button', { name: 'Create server' }).click();
  await page.waitForURL(/\/servers\/[0-9a-f-]{36}/);
  gameId = new URL(page.url()).pathname.split('/')[2] as string;
  await consoleShows('Downloading');
  machine.open.internet.setSpeed(null);
  await page.getByText('Running', { exact: true }).waitFor({ timeout: 100_000 });
  const { runtime, networkMode } = await client.servers.get({ params: { id: gameId } });
  expect({ runtime, networkMode }).toEqual({ runtime: 'containerd', networkMode: 'bridge' });
  const lines = (await history(gameId)).map(({ text }) => text).join('\n');
  expect(lines).toMatch(/Downloading .*: [\d.]+ of [\d.]+ MB/);
  expect(lines).toMatch(/Unpacking .*games\/openttd/);
});

it('lets another machine reach the game by its published port, over UDP and TCP', async () => {
  const { primaryPort } = await client.servers.get({ params: { id: gameId } });
  const seen = await askFromOutside<{ udpAnswer: number; name: string }>(visitor, [
    hostAddress,
    `${primaryPort}`,
  ]);
  expect(seen.udpAnswer).toBe(1);
  expect(seen.name).toContain(title);
});

it('passes what is typed in the browser to the game', async () => {
  await command('server_info');
  await consoleShows('Current/maximum clients');
});

it('keeps both servers running, and every line, when the agent is killed', async () => {
  tickerId = await newTicker();
  await survives(async () => {
    const killed = await machine.product.agentPid();
    await machine.product.killAgent();
    await until('the panel has started another agent', async () => {
      const pid = await machine.product.agentPid();
      return pid !== killed && isAlive(pid);
    });
  });
});

it('keeps them running, and every line, when the panel is killed', async () => {
  await survives(async () => {
    await machine.product.killPanel();
    await machine.product.start();
  });
});

it('keeps them running, and every line, when containerd is killed, and says meanwhile that it is away', async () => {
  await survives(async () => {
    await machine.containerd.kill();
    await runtimeIs('unavailable');
    await page.goto(`${await machine.product.url()}/nodes/${await nodeId()}`);
    await page.getByText('Containers (containerd)').waitFor();
    await page
      .getByText(/containerd is not running/)
      .first()
      .waitFor();
    expect((await client.servers.get({ params: { id: tickerId } })).state).toBe('running');
    await machine.containerd.restart();
  });
  await page.goto(`${await machine.product.url()}/servers/${gameId}`);
  await command('server_info');
});

it('sees within 5 s that a shim was killed, and starts the server again', async () => {
  const { pid, shimPid } = await machine.mainOf(tickerId);
  process.kill(shimPid, 'SIGKILL');
  await stateIs(tickerId, 'crashed', 5000);
  await until('its process is gone', () => !isAlive(pid), 5000);
  await stateIs(tickerId, 'running');
  expect((await machine.mainOf(tickerId)).pid).not.toBe(pid);
});

it('says that a server ran out of memory, and leaves the other alone', async () => {
  const { pid } = await machine.mainOf(gameId);
  await page.goto(`${await machine.product.url()}/servers/${tickerId}`);
  await command('bomb');
  await page.getByText(/out of memory: limit 64 MiB/).waitFor({ timeout: 30_000 });
  await stateIs(tickerId, 'running');
  expect((await machine.mainOf(gameId)).pid).toBe(pid);
});

it('stops with the button', async () => {
  const { pid } = await machine.mainOf(gameId);
  await page.goto(`${await machine.product.url()}/servers/${gameId}`);
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await page.getByText('Stopped', { exact: true }).waitFor({ timeout: 30_000 });
  expect(isAlive(pid)).toBe(false);
  const { primaryPort } = await client.servers.get({ params: { id: gameId } });
  await expect(askFromOutside(visitor, [hostAddress, `${primaryPort}`])).rejects.toThrow();
});

it('leaves nothing on the machine when its servers are deleted', async () => {
  await client.servers.stop({ params: { id: tickerId } });
  await stateIs(tickerId, 'stopped');
  await client.servers.delete({ params: { id: tickerId } });
  await page.goto(`${await machine.product.url()}/servers/${gameId}/settings`);
  await page.getByRole('button', { name: /^Delete/ }).click();
  await page.getByRole('dialog').getByRole('textbox').fill('Trains');
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Delete/ })
    .click();
  await page.getByText('No server yet').waitFor();
  await until('all of them is gone', async () => {
    expect(machine.traces()).toEqual(before);
    return true;
  });
});

/** Runs the fault, then asserts that games are the same processes and that no line was lost, doubled or renumbered. */
async function survives(fault: () => Promise<void>): Promise<void> {
  const [game, ticking] = [await machine.mainOf(gameId), await machine.mainOf(tickerId)];
  const known = await history(tickerId);
  await fault();
  const lastTick = ticksOf(known).at(-1) ?? 0;
  await until('it has gone on counting', async () => {
    const last = ticksOf(await history(tickerId)).at(-1) ?? 0;
    return last > lastTick + 20;
  });
  expect(await machine.mainOf(gameId)).toEqual(game);
  expect(await machine.mainOf(tickerId)).toEqual(ticking);
  const after = await history(tickerId);
  expect(after.slice(0, known.length)).toEqual(known);
  expect(after.map(({ seq }) => seq)).toEqual(after.map((_, index) => (after[0]?.seq ?? 0) + index));
  const ticks = ticksOf(after);
  expect(ticks).toEqual(ticks.map((_, index) => index + 1));
  const word = `still here ${after.length}`;
  await until('it takes commands', async () => {
    await client.console.command({ params: { id: tickerId }, body: { command: `say ${word}` } });
    return true;
  });
  await until('it has answered', async () =>
    (await history(tickerId)).some(({ text }) => text === `said ${word}`),
  );
}

function ticksOf(lines: readonly { text: string }[]): number[] {
  return lines.flatMap(({ text }) => (text.startsWith('tick ') ? Number(text.slice(5)) : []));
}

async function newTicker(): Promise<string> {
  const { id } = await client.servers.create({
    body: {
      name: 'Ticker',
      templateId: 'ticker',
      allocatedMemoryMb: 64,
      allocatedCpuCores: 1,
      allocatedDiskMb: 64,
      startAfterInstall: true,
    },
  });
  await stateIs(id, 'running');
  return id;
}

async function stateIs(id: string, wanted: string, timeoutMs = 60_000): Promise<void> {
  await until(
    `the server is ${wanted}`,
    async () => (await client.servers.get({ params: { id } })).state === wanted,
    timeoutMs,
  );
}

async function nodeId(): Promise<string> {
  const { items } = await client.nodes.list();
  return items[0]?.id as string;
}

/** As the node last reported, which it does twice a minute. */
async function runtimeIs(wanted: 'available' | 'unavailable'): Promise<void> {
  await until(
    `containerd is ${wanted}`,
    async () => {
      const { health } = await client.nodes.get({ params: { id: await nodeId() } });
      const runtime = health?.runtimes.find(({ name }) => name === 'containerd');
      return runtime !== undefined && runtime.available === (wanted === 'available');
    },
    60_000,
  );
}

async function history(id: string): Promise<{ seq: number; text: string }[]> {
  const lines: { seq: number; text: string }[] = [];
  for (let after = 0; ; ) {
    const { items, nextCursor } = await client.console.logs({
      params: { id },
      query: { after, limit: 1000 },
    });
    lines.push(...items.map(({ seq, text }) => ({ seq, text })));
    after = items.at(-1)?.seq ?? after;
    if (nextCursor === null) return lines;
  }
}

async function command(text: string): Promise<void> {
  const input = page.getByLabel('Command', { exact: true });
  await input.fill(text, { timeout: 60_000 });
  await input.press('Enter');
}

async function consoleShows(text: string): Promise<void> {
  await page.locator('.xterm-rows').getByText(text, { exact: false }).first().waitFor({ timeout: 60_000 });
}
