import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { api } from '@catalyst/shared/api';
import { createApiClient } from '@catalyst/shared/contract/client';
import type { Browser, Page, Request } from 'playwright-core';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { launchBrowser } from '../browser.ts';
import { admin, Product, until } from '../product.ts';
import { addScriptTemplate } from '../script-template.ts';

// Somebody tends to the files of a server with a mouse and a keyboard.

/** So slow that it can be paused on its way. */
const worldBytes = 4 * 1024 * 1024;

let product: Product;
let browser: Browser;
let page: Page;
let client: Awaited<ReturnType<Product['adminClient']>>;
let folder: string;
let serverUrl: string;

beforeAll(async () => {
  product = await Product.create();
  await addScriptTemplate(product, 'scripted', 'console.log("ready"); process.stdin.resume();');
  await product.start();
  const code = new URL(await product.setupUrl()).hash.replace(/^#(setup=)?/, '');
  await createApiClient(api, { baseUrl: await product.url() }).sessions.setup({ body: { code, ...admin } });
  client = await product.adminClient();
  const nodeId = (await client.nodes.list()).items[0]?.id as string;
  const sizes = { allocatedMemoryMb: 128, allocatedCpuCores: 1, allocatedDiskMb: 64 };
  const body = { name: 'Tended', templateId: 'scripted', nodeId, runtime: 'process' as const, ...sizes };
  const { id } = await client.servers.create({ body });
  folder = join(product.dataDir, 'agent', 'servers', id);
  await until('the server is installed', async () => {
    const { operation } = await client.servers.get({ params: { id } });
    return operation?.status === 'succeeded';
  });
  browser = await launchBrowser();
  page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
  // What does not come tells which step waited for it.
  page.setDefaultTimeout(15_000);
  await page.goto(`${await product.url()}/sign-in`);
  await page.getByLabel('E-mail').fill(admin.email);
  await page.getByRole('textbox', { name: 'Password' }).fill(admin.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('link', { name: 'Tended' }).first().waitFor();
  serverUrl = `${await product.url()}/servers/${id}`;
  await page.goto(serverUrl);
  await page.getByRole('link', { name: 'Files', exact: true }).click();
  await page.getByRole('link', { name: 'script.js' }).waitFor();
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await product?.[Symbol.asyncDispose]();
});

const onDisk = (name: string) => readFileSync(join(folder, name), 'utf8');
const link = (name: string) => page.getByRole('link', { name, exact: true });
const grid = () => page.locator('[data-files]');

/** Files of the computer, let go over the list. */
async function drop(files: Record<string, string>): Promise<void> {
  const dropped = await page.evaluateHandle((entries) => {
    const transfer = new DataTransfer();
    for (const [name, text] of Object.entries(entries)) transfer.items.add(new File([text], name));
    return transfer;
  }, files);
  await grid().dispatchEvent('drop', { dataTransfer: dropped });
}

it('uploads what is dropped, and asks where a name is taken', async () => {
  await drop({ 'server.properties': 'motd=first\r\npvp=true\r\n', 'notes.txt': 'buy torches' });
  await page.getByText('2 files uploaded').waitFor();
  await link('notes.txt').waitFor();
  expect(onDisk('notes.txt')).toBe('buy torches');
  await drop({ 'notes.txt': 'buy beds' });
  const question = page.getByRole('dialog');
  await question.getByText('notes.txt is there already').waitFor();
  await question.getByRole('button', { name: 'Keep both' }).click();
  await link('notes (2).txt').waitFor();
  expect([onDisk('notes.txt'), onDisk('notes (2).txt')]).toEqual(['buy torches', 'buy beds']);
  await page.getByRole('button', { name: 'Clear', exact: true }).click();
});

it('pauses an upload in the middle, goes on there, and leaves nothing of what is cancelled', async () => {
  const offsets: number[] = [];
  const note = (request: Request) => {
    if (request.method() === 'PATCH') offsets.push(Number(request.headers()['upload-offset']));
  };
  page.on('request', note);
  const network = await page.context().newCDPSession(page);
  const throttle = (uploadThroughput: number) =>
    network.send('Network.emulateNetworkConditions', {
      ...{ offline: false, latency: 0, downloadThroughput: -1, uploadThroughput },
    });
  onTestFinished(async () => {
    page.off('request', note);
    await throttle(-1);
  });
  const choose = async (name: string) => {
    const dropped = await page.evaluateHandle(
      ([fileName, size]) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([new Uint8Array(size).map((_, index) => index % 251)], fileName));
        return transfer;
      },
      [name, worldBytes] as const,
    );
    await grid().dispatchEvent('drop', { dataTransfer: dropped });
  };
  const parts = () => readdirSync(folder).filter((name) => name.endsWith('.part'));
  const pauseInTheMiddle = async () => {
    await until('some of it has come', () => parts().some((name) => statSync(join(folder, name)).size > 0));
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    await page.getByText(/^Paused · /).waitFor();
  };

  await throttle(1024 * 1024);
  await choose('world.zip');
  await pauseInTheMiddle();
  expect(existsSync(join(folder, 'world.zip'))).toBe(false);
  await throttle(-1);
  await page.getByRole('button', { name: 'Resume', exact: true }).click();
  await page.getByText('1 file uploaded').waitFor();
  expect(offsets[0]).toBe(0);
  expect(offsets.at(-1)).toBeGreaterThan(0);
  const world = Buffer.alloc(worldBytes).map((_, index) => index % 251);
  expect(readFileSync(join(folder, 'world.zip')).equals(world)).toBe(true);

  await throttle(1024 * 1024);
  await choose('other.zip');
  await pauseInTheMiddle();
  await page.getByRole('button', { name: 'Cancel other.zip' }).click();
  await until('nothing of it is left', () => parts().length === 0);
  expect(existsSync(join(folder, 'other.zip'))).toBe(false);
  await page.getByRole('button', { name: 'Resume', exact: true }).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Clear', exact: true }).click();
});

it('saves a text with the line ends it had, only over what was read', async () => {
  await link('server.properties').click();
  const text = page.locator('.cm-content');
  await text.getByText('motd').first().waitFor();
  await page.getByText('CRLF').waitFor();
  await text.click();
  await page.keyboard.press('Control+End');
  await page.keyboard.type('difficulty=hard');
  await page.keyboard.press('Control+s');
  await page.getByText('No changes').waitFor();
  expect(onDisk('server.properties')).toBe('motd=first\r\npvp=true\r\ndifficulty=hard');
  writeFileSync(join(folder, 'server.properties'), 'motd=of the game\r\n');
  await text.click();
  await page.keyboard.press('Control+End');
  await page.keyboard.type('x');
  await page.keyboard.press('Control+s');
  const conflict = page.getByRole('dialog');
  await conflict.getByText('server.properties was changed meanwhile').waitFor();
  await conflict.getByText('of the game').waitFor();
  expect(onDisk('server.properties')).toBe('motd=of the game\r\n');
  await conflict.getByRole('button', { name: 'Overwrite with mine' }).click();
  await conflict.waitFor({ state: 'hidden' });
  expect(onDisk('server.properties')).toBe('motd=first\r\npvp=true\r\ndifficulty=hardx');
});

it('asks before what is not saved is left', async () => {
  await page.locator('.cm-content').click();
  await page.keyboard.type('y');
  await page.goBack();
  const question = page.getByRole('dialog');
  await question.getByText('Leave without saving?').waitFor();
  await question.getByRole('button', { name: 'Leave' }).click();
  await link('notes.txt').waitFor();
});

it('compresses what is picked, extracts it again, and copies it where it is', async () => {
  const menuOf = async (name: string, item: string) => {
    await page.getByRole('button', { name: `Actions for ${name}`, exact: true }).click();
    await page.getByRole('menuitem', { name: item }).click();
  };
  const dialog = page.getByRole('dialog');
  await menuOf('server.properties', 'Compress…');
  await dialog.getByLabel('Name without its ending').fill('kept');
  await dialog.getByRole('button', { name: 'Compress' }).click();
  await link('kept.zip').waitFor();
  await dialog.waitFor({ state: 'hidden' });
  await menuOf('kept.zip', 'Extract…');
  await dialog.getByRole('button', { name: 'Extract' }).click();
  await link('kept').waitFor();
  expect(onDisk('kept/server.properties')).toBe(onDisk('server.properties'));

  await dialog.waitFor({ state: 'hidden' });
  await grid().focus();
  await page.keyboard.type('server');
  await page.keyboard.press('Control+c');
  await page.keyboard.press('Control+v');
  await link('server (2).properties').waitFor();
  expect(onDisk('server (2).properties')).toBe(onDisk('server.properties'));
  await page.getByRole('button', { name: 'Background operations' }).click();
  await page.getByText('Compressing kept.zip on Tended').waitFor();
  await page.keyboard.press('Escape');
  await page.getByText('Compressing kept.zip on Tended').waitFor({ state: 'hidden' });
});

it('finds names and lines in all folders below', async () => {
  await page.getByRole('button', { name: 'More for this folder' }).click();
  await page.getByRole('menuitem', { name: 'Search here and below' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Search for').fill('difficulty=HARD');
  await dialog.getByRole('button', { name: 'Search' }).click();
  await dialog.getByText('Nothing was found').waitFor();
  await dialog.getByText('Text in files').click();
  await dialog.getByRole('button', { name: 'Search' }).click();
  await dialog.getByText('3 found').waitFor();
  await dialog.getByRole('link', { name: 'kept/server.properties' }).click();
  await page.waitForURL('**/files/open?path=kept/server.properties');
  await page.locator('.cm-content').getByText('difficulty').waitFor();
  await page.goBack();
  await link('kept').waitFor();
});

it('renames in place, moves by cut and paste, and deletes, all by keys', async () => {
  await grid().focus();
  await page.keyboard.type('notes.txt');
  await page.keyboard.press('F2');
  await page.getByRole('textbox', { name: 'New name of notes.txt' }).fill('todo.txt');
  await page.keyboard.press('Enter');
  await link('todo.txt').waitFor();
  expect(existsSync(join(folder, 'notes.txt'))).toBe(false);

  await page.getByRole('button', { name: 'New', exact: true }).click();
  await page.getByRole('menuitem', { name: 'New folder' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('papers');
  await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click();
  await link('papers').waitFor();
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await grid().focus();
  await page.keyboard.type('todo');
  await page.keyboard.press('Control+x');
  await page.keyboard.type('papers');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/files?path=papers');
  await page.getByText('This folder is empty').waitFor();
  // Whoever came by keys goes on by keys, also where nothing is.
  await page.locator('[data-files]:focus').waitFor();
  await page.keyboard.press('Control+v');
  await link('todo.txt').waitFor();
  expect(readdirSync(join(folder, 'papers'))).toEqual(['todo.txt']);

  await grid().focus();
  await page.keyboard.press('Backspace');
  await link('papers').waitFor();
  await page.locator('[data-files]:focus').waitFor();
  await page.keyboard.press('Delete');
  const question = page.getByRole('dialog');
  await question.getByText('A folder goes with everything inside').waitFor();
  await question.getByRole('button', { name: 'Delete' }).click();
  await link('papers').waitFor({ state: 'detached' });
  expect(readdirSync(folder)).not.toContain('papers');
});
