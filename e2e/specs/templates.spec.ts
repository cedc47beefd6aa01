import { readFileSync } from 'node:fs';
import { api } from '@catalyst/shared/api';
import { type ApiClient, createApiClient } from '@catalyst/shared/contract/client';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { testEgg } from '../../panel-server/src/testing/test-egg.ts';
import { launchBrowser } from '../browser.ts';
import { admin, Product } from '../product.ts';

// Somebody brings the files of a community along, makes one of the games their own, and regrets a change.

let product: Product;
let browser: Browser;
let page: Page;
let client: ApiClient<typeof api>;

beforeAll(async () => {
  product = await Product.create();
  await product.start();
  const code = new URL(await product.setupUrl()).hash.replace(/^#(setup=)?/, '');
  const anyone = createApiClient(api, { baseUrl: await product.url() });
  await anyone.sessions.setup({ body: { code, ...admin } });
  client = await product.adminClient();
  browser = await launchBrowser();
  page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
  await page.goto(`${await product.url()}/sign-in`);
  await page.getByLabel('E-mail').fill(admin.email);
  await page.getByRole('textbox', { name: 'Password' }).fill(admin.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('link', { name: 'Templates' }).click();
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await product?.[Symbol.asyncDispose]();
});

it('tries files first and keeps none of them', async () => {
  await page.getByRole('link', { name: 'Import' }).click();
  const egg = JSON.stringify(testEgg({ colour: 'blue' }));
  await page
    .locator('input[type="file"]')
    .first()
    .setInputFiles([
      file('egg-block-world.json', egg),
      file('egg-other.json', JSON.stringify(testEgg({ name: 'Other world' }))),
      file('egg-broken.json', egg.slice(0, 100)),
      file('egg-odd.json', '{ "meta": { "version": "PTDL_v9" } }'),
    ]);
  await page.getByText('2 of 4 files can be imported').waitFor();
  await page.getByText('The file is not JSON').waitFor();
  await page.getByRole('button', { name: 'Report of egg-block-world.json' }).click();
  const report = page.getByRole('dialog');
  await report.getByText('PTDL_v2, JSON').waitFor();
  await report.getByText('colour', { exact: true }).waitFor();
  await page.keyboard.press('Escape');
  expect(await imported()).toEqual([]);
});

it('imports those that were chosen, and leads to them', async () => {
  await page.getByRole('checkbox', { name: 'Import egg-other.json' }).uncheck();
  await page.getByRole('button', { name: 'Import 1 template' }).click();
  await page.getByText('1 template was imported').waitFor();
  expect(await imported()).toEqual(['block-world']);
  await page.getByRole('link', { name: 'Block world' }).click();
  await page.getByRole('heading', { name: 'Block world' }).waitFor();
  await page.getByText('java -Xmx{{SERVER_MEMORY}}M -jar {{SERVER_JARFILE}}').waitFor();
});

it('exports it as a file that can be imported again', async () => {
  await page.getByRole('button', { name: 'More actions' }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'Export as JSON' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('egg-block-world.json');
  expect(JSON.parse(readFileSync(await download.path(), 'utf8'))).toMatchObject({
    colour: 'blue',
    name: 'Block world',
  });
});

it('is changed in the form and in its JSON, and neither is saved while something is wrong', async () => {
  await page.getByRole('link', { name: 'Edit', exact: true }).click();
  await page.getByLabel('Summary').fill('Blocks without end');
  await page.getByText('JSON', { exact: true }).click();
  const document = page.getByRole('textbox', { name: 'The template as JSON' });
  const text = await document.inputValue();
  expect(text).toContain('"summary": "Blocks without end"');
  await document.fill(text.replace('"defaultValue": "server.jar"', '"defaultValue": 7'));
  await page.getByRole('button', { name: /variables\.0\.defaultValue/ }).waitFor();
  expect(await page.getByRole('button', { name: 'Save' }).isEnabled()).toBe(false);
  await document.fill(text.replace('"defaultValue": "server.jar"', '"defaultValue": "blocks.jar"'));
  await page.getByText('Preview', { exact: true }).last().click();
  await page.getByText('-jar blocks.jar').waitFor();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Block world was saved as version 2').waitFor();
  expect(await blockWorld()).toMatchObject({ version: 2, summary: 'Blocks without end' });
});

it('asks whose change is kept when somebody else was faster', async () => {
  await page.getByText('Form', { exact: true }).click();
  await page.getByLabel('Author').fill('Robin');
  await client.templates.update({ params: { id: 'block-world' }, body: { summary: 'Blocks, of course' } });
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Somebody else saved version 3 meanwhile').waitFor();
  await page.getByText('Blocks, of course').first().waitFor();
  await page.getByRole('button', { name: 'Keep mine' }).click();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Block world was saved as version 4').waitFor();
  expect(await blockWorld()).toMatchObject({ version: 4, author: 'Robin', summary: 'Blocks without end' });
});

it('shows what each version changed, and brings one back', async () => {
  await page.getByRole('link', { name: 'Versions' }).click();
  await page.getByRole('button', { name: 'Differences of version 2' }).click();
  await page.getByText('variables.SERVER_JARFILE.defaultValue').waitFor();
  await page.getByRole('button', { name: 'Restore version 1' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Restore' }).click();
  await page.getByText('Version 1 is back, as version 5').waitFor();
  const { variables, author } = await blockWorld();
  expect([variables[0]?.defaultValue, author]).toEqual(['server.jar', 'someone@example.com']);
});

it('is duplicated and deleted', async () => {
  await page.getByRole('button', { name: 'Duplicate' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('Our blocks');
  await page.getByRole('dialog').getByRole('button', { name: 'Duplicate' }).click();
  await page.waitForURL('**/templates/our-blocks/edit');
  await page.getByRole('heading', { name: 'Our blocks' }).waitFor();
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.waitForURL('**/templates');
  await page.getByRole('link', { name: 'Block world' }).waitFor();
  expect(await page.getByRole('link', { name: 'Our blocks' }).count()).toBe(0);
});

it('is found by what is typed, also after coming back from it', async () => {
  await page.getByRole('textbox', { name: /Search by/ }).pressSequentially('world block');
  await page.getByText(/^1 of \d+$/).waitFor();
  await page.waitForURL('**/templates?q=world+block');
  await page.getByRole('link', { name: 'Block world' }).click();
  await page.getByRole('heading', { name: 'Block world' }).waitFor();
  await page.goBack();
  await page.getByText(/^1 of \d+$/).waitFor();
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Templates' }).click();
  await page.getByRole('link', { name: 'OpenTTD' }).waitFor();
});

const file = (name: string, text: string) => ({
  name,
  mimeType: 'application/json',
  buffer: Buffer.from(text),
});

const blockWorld = () => client.templates.get({ params: { id: 'block-world' } });

async function imported(): Promise<string[]> {
  const { items } = await client.templates.list({ query: { limit: 100 } });
  return items.filter(({ origin }) => origin === 'imported').map(({ id }) => id);
}
