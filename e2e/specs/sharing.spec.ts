import { readFileSync } from 'node:fs';
import { api } from '@catalyst/shared/api';
import { createApiClient } from '@catalyst/shared/contract/client';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser } from '../browser.ts';
import { admin, Product, until } from '../product.ts';
import { addScriptTemplate } from '../script-template.ts';

// An owner shares a server with a moderator in a minute, and is sure of what the moderator cannot do.

const moderator = { email: 'robin@example.com', password: 'seven grey herons wade', name: 'robin' };
const game = `
console.log('ready');
let tick = 0;
setInterval(() => console.log('tick ' + ++tick), 50);
process.stdin.on('data', (data) => {
  for (const line of String(data).trim().split('\\n')) {
    if (line === 'stop') process.exit(0);
    console.log('did ' + line);
  }
});
`;

let product: Product;
let browser: Browser;
let owner: Page;
let guest: Page;
/** The last line of the console that ever reached the guest's window. */
let lastSeqOfGuest = 0;
let sharedId: string;
let otherId: string;

beforeAll(async () => {
  product = await Product.create();
  await addScriptTemplate(product, 'ticker', game);
  await product.start();
  const code = new URL(await product.setupUrl()).hash.replace(/^#(setup=)?/, '');
  const anyone = createApiClient(api, { baseUrl: await product.url() });
  await anyone.sessions.setup({ body: { code, ...admin } });
  const client = await product.adminClient();
  await client.users.create({ body: moderator });
  for (const name of ['Shared world', 'Private world']) {
    const { id } = await client.servers.create({
      body: {
        ...{ name, templateId: 'ticker', allocatedMemoryMb: 256, allocatedCpuCores: 1, allocatedDiskMb: 256 },
        startAfterInstall: true,
      },
    });
    await until(
      `${name} runs`,
      async () => (await client.servers.get({ params: { id } })).state === 'running',
    );
    if (name === 'Shared world') sharedId = id;
    else otherId = id;
  }
  browser = await launchBrowser();
  owner = await (await window()).newPage();
  guest = await (await window()).newPage();
  listenToConsole(guest);
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await product?.[Symbol.asyncDispose]();
});

it('is offered by a link, which says what it is before anybody signs in', async () => {
  await owner.goto(`${await product.url()}/sign-in`);
  await signIn(owner, admin);
  await owner.getByText('Shared world').first().waitFor();
  await owner.goto(`${await product.url()}/servers/${sharedId}/sharing`);
  await owner.getByRole('button', { name: 'Invite' }).click();
  await owner.getByRole('dialog').getByLabel('E-mail').fill(moderator.email);
  await owner.getByRole('dialog').getByText('Viewer', { exact: true }).click();
  await owner.getByRole('button', { name: 'Create link' }).click();
  const link = await owner.getByRole('dialog').locator('code').innerText();
  await owner.getByRole('button', { name: 'Done' }).click();
  await owner.getByText(moderator.email).waitFor();

  await guest.goto(link);
  await guest.getByRole('heading', { name: 'You are invited to Shared world' }).waitFor();
  await guest.getByText('Read the console').waitFor();
  expect(await guest.getByText('Send commands to the console').count()).toBe(0);
});

it('is accepted after signing in, and the owner sees who came', async () => {
  await guest.getByRole('link', { name: 'Sign in to accept' }).click();
  expect(guest.url()).not.toContain('#');
  await signIn(guest, moderator);
  await guest.getByRole('button', { name: 'Accept' }).click();
  await guest.waitForURL(`**/servers/${sharedId}`);
  await consoleShows(guest, 'tick');
  await owner.getByRole('button', { name: `Remove ${moderator.name}` }).waitFor();
  expect(await owner.getByText('Open invitations').count()).toBe(0);
});

it('shows the moderator what was granted and nothing else', async () => {
  for (const name of ['Start', 'Stop', 'Restart']) {
    expect(await guest.getByRole('button', { name, exact: true }).count(), name).toBe(0);
  }
  expect(
    await guest
      .getByLabel('Command', { exact: true })
      .isEnabled({ timeout: 1000 })
      .catch(() => false),
  ).toBe(false);
  const places = guest.getByRole('navigation', { name: 'Main' });
  expect(await places.getByRole('link').allInnerTexts()).toEqual(['Servers', 'Templates', 'Settings']);
  await guest.getByRole('link', { name: 'Sharing', exact: true }).click();
  await guest.getByText('You give up your access').waitFor();
  expect(await guest.getByRole('button', { name: 'Invite' }).count()).toBe(0);
  await guest.goto(`${await product.url()}/servers`);
  await guest.getByText('Shared world').first().waitFor();
  expect(await guest.getByText('Private world').count()).toBe(0);
  await guest.goto(`${await product.url()}/servers/${otherId}`);
  await guest.getByText('This server does not exist').waitFor();
  // Nor by asking past the page.
  expect(await askAsGuest('POST', `/api/servers/${sharedId}/stop`)).toBe(403);
  expect(await askAsGuest('POST', `/api/servers/${otherId}/stop`)).toBe(404);
  expect(await askAsGuest('GET', `/api/servers/${sharedId}/subusers`)).toBe(403);
  expect(await askAsGuest('GET', '/api/admin/users')).toBe(403);
});

it('gives more while the page is open', async () => {
  await guest.goto(`${await product.url()}/servers/${sharedId}`);
  await consoleShows(guest, 'tick');
  await owner.getByRole('button', { name: `Change rights of ${moderator.name}` }).click();
  await owner.getByRole('dialog').getByText('Operator', { exact: true }).click();
  await owner.getByRole('button', { name: 'Save' }).click();
  await guest.getByRole('button', { name: 'Stop', exact: true }).waitFor();
  const input = guest.getByLabel('Command', { exact: true });
  await input.fill('greet everybody');
  await input.press('Enter');
  await until('the game has done it', async () =>
    (await consoleTail()).some(({ text }) => text === 'did greet everybody'),
  );
});

it('is taken back: the open console ends within two seconds, and nothing comes through after', async () => {
  await owner.getByRole('button', { name: `Remove ${moderator.name}` }).click();
  const confirm = owner.getByRole('dialog').getByRole('button', { name: 'Remove' });
  await confirm.waitFor();
  const begun = performance.now();
  await confirm.click();
  await guest.getByRole('heading', { name: 'You no longer have access to this server' }).waitFor();
  const tookMs = performance.now() - begun;
  console.log(`From the click to the closed console: ${Math.round(tookMs)} ms`);
  expect(tookMs).toBeLessThan(2000);
  await guest.getByText('Your access to the server was taken away').waitFor();
  expect(await askAsGuest('GET', `/api/servers/${sharedId}/logs`)).toBe(404);
  const lastAtEnd = lastSeqOfGuest;
  expect(lastAtEnd).toBeGreaterThan(0);
  const ofNow = (await consoleTail()).at(-1)?.seq ?? 0;
  await until(
    'the game has gone on for a while',
    async () => ((await consoleTail()).at(-1)?.seq ?? 0) > ofNow + 20,
  );
  expect(lastSeqOfGuest).toBe(lastAtEnd);
  await guest.getByRole('link', { name: 'Go to servers' }).click();
  await guest.getByText('No server').first().waitFor();
});

it('a key that may look, looks, and does nothing else', async () => {
  await owner.goto(`${await product.url()}/account/api-keys`);
  await owner.getByRole('button', { name: 'New key' }).click();
  const dialog = owner.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Status page');
  await dialog.getByRole('radio', { name: 'Look only' }).check({ force: true });
  await dialog.getByRole('button', { name: 'New key' }).click();
  const key = await dialog.locator('code').first().innerText();
  await dialog.getByRole('button', { name: 'Done' }).click();
  expect(key).toMatch(/^catalyst_/);

  expect(await ask('GET', '/api/servers', key)).toBe(200);
  expect(await ask('GET', `/api/servers/${sharedId}/logs`, key)).toBe(200);
  expect(await ask('POST', `/api/servers/${sharedId}/stop`, key)).toBe(403);
  expect(await ask('POST', `/api/servers/${sharedId}/command`, key, { command: 'no' })).toBe(403);
  expect(await ask('POST', '/api/account/api-keys', key, { name: 'more', scopes: ['*'] })).toBe(403);
  expect(await ask('DELETE', `/api/servers/${otherId}`, key)).toBe(403);

  await owner.reload();
  await owner.getByText(/used .* from 127\.0\.0\.1/).waitFor();
  await owner.getByRole('button', { name: 'Revoke Status page' }).click();
  await owner.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await owner.getByText('No API key').waitFor();
  expect(await ask('GET', '/api/servers', key)).toBe(401);
});

it('leaves in the server’s activity who did what, also what was refused', async () => {
  await owner.goto(`${await product.url()}/servers/${sharedId}`);
  await owner.getByRole('link', { name: 'Activity' }).click();
  const entries = owner.getByRole('list', { name: 'Entries, newest first' }).getByRole('button');
  const command = entries.filter({ hasText: 'Send command' }).filter({ hasText: moderator.name });
  await command.first().click();
  await owner.getByText('greet everybody').waitFor();
  await owner.getByRole('combobox', { name: 'Outcome' }).click();
  await owner.getByRole('option', { name: 'Refused or failed' }).click();
  await entries
    .filter({ hasText: 'Stop server' })
    .filter({ hasText: 'refused: forbidden' })
    .first()
    .waitFor();
  await command.first().waitFor({ state: 'detached' });
});

it('can be searched on the panel’s page, kept as an address, and verified', async () => {
  await owner.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Audit' }).click();
  const entries = owner.getByRole('list', { name: 'Entries, newest first' }).getByRole('button');
  await owner.getByLabel('Search names').fill('shared world');
  await owner.waitForURL('**/audit?q=shared+world');
  await entries.filter({ hasText: 'Take access to server away' }).first().click();
  await owner.getByRole('button', { name: 'Everything on Shared world' }).click();
  await owner.reload();
  await owner.getByRole('button', { name: 'Remove the filter One target' }).waitFor();
  await entries.filter({ hasText: 'Accept invite to server' }).waitFor();
  expect(await entries.filter({ hasText: 'Create user' }).count()).toBe(0);

  await owner.getByRole('button', { name: 'Verify' }).click();
  await owner.getByText(/^All [\d,]+ entries are as they were written$/).waitFor();
  await owner.getByRole('button', { name: 'Close' }).last().click();
  await owner.getByRole('button', { name: 'Export' }).click();
  const [file] = await Promise.all([
    owner.waitForEvent('download'),
    owner.getByRole('menuitem', { name: /CSV/ }).click(),
  ]);
  const exported = readFileSync(await file.path(), 'utf8');
  expect(exported).toContain('subuser.accept');
  expect(exported).not.toContain('user.create');
});

const window = (): Promise<BrowserContext> => browser.newContext({ viewport: { width: 1280, height: 800 } });

async function signIn(page: Page, { email, password }: { email: string; password: string }): Promise<void> {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

const consoleShows = (page: Page, text: string) =>
  page.locator('.xterm-rows').getByText(text, { exact: false }).first().waitFor({ timeout: 30_000 });

/** What the browser is sent, whatever the page makes of it. */
function listenToConsole(page: Page): void {
  page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => {
      const text = String(payload);
      if (!text.includes('"server_log"')) return;
      for (const [, seq] of text.matchAll(/"seq":(\d+)/g)) {
        lastSeqOfGuest = Math.max(lastSeqOfGuest, Number(seq));
      }
    }),
  );
}

async function consoleTail(): Promise<{ seq: number; text: string }[]> {
  const token = await adminToken();
  const client = createApiClient(api, { baseUrl: await product.url(), token: () => token });
  const { lastSeq } = await client.console.logs({ params: { id: sharedId }, query: { limit: 1 } });
  const { items } = await client.console.logs({
    params: { id: sharedId },
    query: { after: Math.max(0, lastSeq - 200), limit: 300 },
  });
  return items;
}

let knownToken: string | undefined;
async function adminToken(): Promise<string> {
  knownToken ??= (await product.adminClient()).token;
  return knownToken;
}

/** With the cookie of the guest's window. */
const askAsGuest = (method: string, path: string): Promise<number> =>
  guest.evaluate(
    async ([how, where]) => (await fetch(where as string, { method: how })).status,
    [method, path],
  );

async function ask(method: string, path: string, key: string, body?: unknown): Promise<number> {
  const response = await fetch((await product.url()) + path, {
    method,
    headers: { 'x-api-key': key, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  await response.arrayBuffer();
  return response.status;
}
