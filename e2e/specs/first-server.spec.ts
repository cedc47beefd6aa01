import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser } from '../browser.ts';
import { MinecraftPlayer } from '../minecraft-player.ts';
import { admin, isAlive, Product, until } from '../product.ts';

let product: Product;
let browser: Browser;
let page: Page;
let serverId: string;

beforeAll(async () => {
  product = await Product.create();
  await product.start();
  browser = await launchBrowser();
  page = await browser.newPage();
});
afterAll(async () => {
  await browser?.close();
  await product?.[Symbol.asyncDispose]();
});

it('makes the administrator with the code of the printed address', async () => {
  await page.goto(await product.setupUrl());
  await page.getByLabel('E-mail').fill(admin.email);
  await page.getByLabel('User name').fill(admin.name);
  await page.getByLabel('Password', { exact: true }).fill(admin.password);
  await page.getByRole('button', { name: 'Create administrator' }).click();
  await page.getByText('No server yet').waitFor();
});

it('creates a Minecraft server that installs itself and runs', async () => {
  await page.getByRole('link', { name: 'New server' }).first().click();
  await page.getByText('Minecraft (flying-squid)').first().click();
  await page.getByLabel('Name', { exact: true }).fill('Our first world');
  await page.getByRole('switch', { name: 'Check accounts with Mojang' }).uncheck();
  await page.getByRole('switch', { name: 'Everybody is an operator' }).check();
  await page.getByRole('button', { name: 'Create server' }).click();
  await page.waitForURL(/\/servers\/[0-9a-f-]{36}/);
  serverId = new URL(page.url()).pathname.split('/')[2] as string;
  await page.getByText('Running', { exact: true }).waitFor({ timeout: 110_000 });
});

it('lets a player in, shows who came, and takes a command', async () => {
  const player = await enter('Visitor');
  await consoleShows('Visitor (127.0.0.1) connected');
  player.say('hello from the game');
  await consoleShows('<Visitor> hello from the game');
  await command('say hello from the panel');
  await consoleShows('[Server] hello from the panel');
  await player.leave();
  await consoleShows('Visitor disconnected');
});

it('keeps the game running, and every line, when the panel is killed and started again', async () => {
  await survives(async () => {
    await product.killPanel();
    const player = await enter('DuringPanelOutage');
    await player.leave();
    await product.start();
  }, 'DuringPanelOutage disconnected');
});

it('keeps the game running, and every line, when the agent is killed and started again', async () => {
  await survives(async () => {
    const killed = await product.agentPid();
    await product.killAgent();
    const player = await enter('DuringAgentOutage');
    await player.leave();
    await until('the panel has started another agent', async () => {
      const pid = await product.agentPid();
      return pid !== killed && isAlive(pid);
    });
  }, 'DuringAgentOutage disconnected');
});

it('stops with the button', async () => {
  const pid = await gamePid();
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await page.getByText('Stopped', { exact: true }).waitFor({ timeout: 30_000 });
  expect(isAlive(pid)).toBe(false);
  await consoleShows('Server is closed.');
});

/** Runs the fault, then asserts that the game is the same process and that no line was lost, doubled or renumbered. */
async function survives(fault: () => Promise<void>, lastLine: string): Promise<void> {
  const pid = await gamePid();
  const before = await history();
  await fault();
  await until(
    'the last line is in the history',
    async () => (await history()).some(({ text }) => text.includes(lastLine)),
    60_000,
  );
  expect(await gamePid()).toBe(pid);
  expect(isAlive(pid)).toBe(true);
  const after = await history();
  expect(after.slice(0, before.length)).toEqual(before);
  expect(after.map(({ seq }) => seq)).toEqual(after.map((_, index) => (after[0]?.seq ?? 0) + index));
  // The page that stayed open comes back by itself and takes commands again.
  await consoleShows(lastLine);
  await command('say still here');
  await until('the game has answered', async () =>
    (await history()).some(
      ({ seq, text }) => seq > (after.at(-1)?.seq ?? 0) && text.includes('[Server] still here'),
    ),
  );
}

async function enter(username: string): Promise<MinecraftPlayer> {
  return MinecraftPlayer.join(
    join(product.dataDir, 'agent', 'servers', serverId),
    await gamePort(),
    username,
  );
}

let knownPort: number | undefined;
async function gamePort(): Promise<number> {
  knownPort ??= (await (await product.adminClient()).servers.get({ params: { id: serverId } })).primaryPort;
  return knownPort;
}

async function gamePid(): Promise<number> {
  const [pid] = await product.gamePids(serverId);
  if (!pid) throw new Error('No process of the game found');
  return pid;
}

async function history(): Promise<{ seq: number; text: string }[]> {
  const client = await product.adminClient();
  const lines: { seq: number; text: string }[] = [];
  for (let after = 0; ; ) {
    const { items, nextCursor } = await client.console.logs({
      params: { id: serverId },
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

/** In the live region that mirrors the terminal for screen readers, or in the terminal's rows. */
async function consoleShows(text: string): Promise<void> {
  await page.locator('.xterm-rows').getByText(text, { exact: false }).first().waitFor({ timeout: 60_000 });
}
