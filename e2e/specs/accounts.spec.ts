import { api } from '@catalyst/shared/api';
import { createApiClient } from '@catalyst/shared/contract/client';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ageProofsOf } from '../age-proofs.ts';
import { codeOfApp, nextCodeOfApp } from '../authenticator-app.ts';
import { launchBrowser } from '../browser.ts';
import { admin, Product } from '../product.ts';

// People and their ways in, in a browser against the real panel, which has no mail.

const robin = { email: 'robin@example.com', name: 'robin', password: 'quite a long password' };
const kim = { email: 'kim@example.com', name: 'kim', password: 'given by somebody' };
const jo = { email: 'jo@example.com', password: 'chosen by jo alone' };

let product: Product;
let browser: Browser;
let adminApi: Awaited<ReturnType<Product['adminClient']>>;
/** Robin's browser. By name, as passkeys want it. */
let page: Page;
let panel: string;
let secret: string;
let recoveryCodes: string[];
const contexts: BrowserContext[] = [];

beforeAll(async () => {
  product = await Product.create();
  await product.start();
  panel = (await product.url()).replace('127.0.0.1', 'localhost');
  const code = new URL(await product.setupUrl()).hash.slice(1);
  await createApiClient(api, { baseUrl: await product.url() }).sessions.setup({ body: { ...admin, code } });
  adminApi = await product.adminClient();
  await adminApi.users.create({ body: robin });
  browser = await launchBrowser();
  page = await newBrowser();
});
afterAll(async () => {
  await browser?.close();
  await product?.[Symbol.asyncDispose]();
});

async function newBrowser(): Promise<Page> {
  const context = await browser.newContext({ reducedMotion: 'reduce' });
  contexts.push(context);
  return context.newPage();
}

async function typePassword(on: Page, { email, password }: { email: string; password: string }) {
  await on.getByLabel('E-mail').fill(email);
  await on.getByRole('textbox', { name: 'Password', exact: true }).fill(password);
  await on.getByRole('button', { name: 'Sign in', exact: true }).click();
}

async function signOut(on: Page) {
  await on.goto(`${panel}/account`);
  await on.getByRole('button', { name: 'Sign out' }).click();
  await on.getByRole('heading', { name: /^Sign in to/ }).waitFor();
  // Without the way back to where it was.
  await on.goto(`${panel}/sign-in`);
}

const isIn = (on: Page) => on.getByRole('heading', { name: 'Servers', exact: true }).waitFor();

it('turns on codes of an app and hands out recovery codes once', async () => {
  await page.goto(`${panel}/sign-in`);
  await typePassword(page, robin);
  await isIn(page);
  await page.goto(`${panel}/account/security`);
  await page.getByRole('button', { name: 'Turn on' }).click();
  const dialog = page.getByRole('dialog', { name: 'Turn on codes of an app' });
  await dialog.getByRole('img', { name: /QR code/ }).waitFor();
  secret = (await dialog.locator('code').first().textContent()) as string;
  await dialog.getByLabel('Code', { exact: true }).fill('12345');
  expect(await dialog.getByRole('button', { name: 'Turn on' }).isEnabled()).toBe(false);
  await dialog.getByLabel('Code', { exact: true }).fill(codeOfApp(secret));
  const codes = page.getByRole('list', { name: 'Recovery codes' });
  await codes.waitFor();
  recoveryCodes = await codes.getByRole('listitem').allTextContents();
  expect(recoveryCodes.length).toBeGreaterThanOrEqual(8);
  expect(await page.getByRole('button', { name: 'Done' }).isEnabled()).toBe(false);
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download' }).click();
  expect((await download).suggestedFilename()).toMatch(/^catalyst-recovery-codes-localhost/);
  await page.getByLabel('I have kept them').check();
  await page.getByRole('button', { name: 'Done' }).click();
  await page.getByText(`${recoveryCodes.length} codes are left`).waitFor();
});

it('asks for a code after the password and takes each only once', async () => {
  await signOut(page);
  await typePassword(page, robin);
  const code = page.getByLabel('Code', { exact: true });
  await code.fill(nextCodeOfApp(secret) === '000000' ? '000001' : '000000');
  await page.getByText('This code is not right').waitFor();
  const good = nextCodeOfApp(secret);
  // As it is pasted from a message; nothing has to be pressed.
  await code.fill(` ${good.slice(0, 3)} ${good.slice(3)}`);
  await isIn(page);

  const other = await newBrowser();
  await other.goto(`${panel}/sign-in`);
  await typePassword(other, robin);
  await other.getByLabel('Code', { exact: true }).fill(good);
  await other.getByText('This code is not right').waitFor();
});

it('takes a recovery code in place of the app, once', async () => {
  const [first = ''] = recoveryCodes;
  await signOut(page);
  await typePassword(page, robin);
  await page.getByRole('button', { name: 'Use a recovery code' }).click();
  await page.getByLabel('Recovery code').fill(first.toUpperCase());
  await isIn(page);
  await page.goto(`${panel}/account/security`);
  await page.getByText(`${recoveryCodes.length - 1} codes are left`).waitFor();
});

it('adds a passkey and signs in with it, without password and code', async () => {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('Test key');
  await page.getByRole('dialog').getByRole('button', { name: 'Add' }).click();
  await page.getByRole('button', { name: 'Rename Test key' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('Renamed key');
  await page.getByRole('dialog').getByRole('button', { name: 'Rename' }).click();
  await page.getByText('Renamed key').waitFor();
  await signOut(page);
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await isIn(page);
});

it('takes the passkey as the second step as well', async () => {
  await signOut(page);
  await typePassword(page, robin);
  await page.getByRole('button', { name: 'Use a passkey' }).click();
  await page.getByRole('button', { name: 'Use a passkey' }).click();
  await isIn(page);
});

it('asks who sits there before a dangerous action, and goes on with it after the proof', async () => {
  ageProofsOf(product, robin.email);
  await page.goto(`${panel}/account/security`);
  await page.getByRole('button', { name: 'Make new codes' }).click();
  const question = page.getByRole('dialog', { name: 'Make new recovery codes?' });
  await question.getByRole('button', { name: 'Make codes' }).click();
  const proof = page.getByRole('dialog', { name: 'Confirm it is you' });
  await proof.getByRole('textbox', { name: 'Password' }).waitFor();

  // Escape closes the question on top only, and nothing was done.
  await page.keyboard.press('Escape');
  await proof.waitFor({ state: 'detached' });
  await question.getByText('Nothing was changed').waitFor();

  await question.getByRole('button', { name: 'Make codes' }).click();
  await proof.getByRole('textbox', { name: 'Password' }).fill('not the password');
  await proof.getByRole('button', { name: 'Confirm', exact: true }).click();
  await proof.getByText('This is not your password').waitFor();
  await proof.getByRole('textbox', { name: 'Password' }).fill(robin.password);
  await page.keyboard.press('Enter');
  const codes = page.getByRole('list', { name: 'Recovery codes' });
  await codes.waitFor();
  expect(await codes.getByRole('listitem').allTextContents()).not.toContain(recoveryCodes[1]);
  await page.getByLabel('I have kept them').check();
  await page.getByRole('button', { name: 'Done' }).click();

  // The proof holds for the next one.
  await page.getByRole('button', { name: 'Remove Renamed key' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await page.getByText('None yet.').waitFor();
});

it('refuses a wrong code as the proof, and takes a passkey', async () => {
  ageProofsOf(product, robin.email);
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Add' }).click();
  const proof = page.getByRole('dialog', { name: 'Confirm it is you' });
  await proof.getByRole('button', { name: 'Use a code of the app' }).click();
  await proof.getByLabel('Code', { exact: true }).fill('000000');
  await proof.getByText('This code is not right').waitFor();
  await proof.getByRole('button', { name: 'Use your password' }).click();
  await proof.getByRole('textbox', { name: 'Password' }).fill(robin.password);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: /^Remove .* computer$/ }).waitFor();

  ageProofsOf(product, robin.email);
  await page.getByRole('button', { name: 'Turn off' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Turn off' }).click();
  await proof.getByRole('button', { name: 'Use a passkey' }).click();
  await proof.getByRole('button', { name: 'Use a passkey' }).click();
  await page.getByText('Codes of the app are off').waitFor();
});

it('shows where one is signed in and ends the others', async () => {
  const others = [await newBrowser(), await newBrowser()] as const;
  for (const other of others) {
    await other.goto(`${panel}/sign-in`);
    await typePassword(other, robin);
    await isIn(other);
  }
  await page.goto(`${panel}/account/sessions`);
  await page.getByText('This one').waitFor();
  const ends = page.getByRole('button', { name: /^End the session of/ });
  await ends.nth(1).waitFor();
  expect(await page.getByText('from 127.0.0.1').count()).toBe(3);
  await ends.first().click();
  await ends.nth(1).waitFor({ state: 'detached' });
  const isOut = (on: Page) => on.getByRole('heading', { name: /^Sign in to/ });
  await Promise.any(others.map((other) => isOut(other).waitFor()));

  await page.getByRole('button', { name: 'End all others' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'End all others' }).click();
  await page.getByText('1 session was ended').waitFor();
  await Promise.all(others.map((other) => isOut(other).waitFor()));
  await ends.first().waitFor({ state: 'detached' });
});

it('sets a new password by a link that an administrator passed on', async () => {
  const { items } = await adminApi.users.list({ query: { q: 'robin' } });
  const link = await adminApi.accounts.makeResetLink({ params: { id: items[0]?.id as string } });
  expect(link.wasMailed).toBe(false);
  robin.password = 'another long password';
  const other = await newBrowser();
  await other.goto(panel + link.path);
  await other.getByRole('textbox', { name: 'New password' }).waitFor();
  // The token is nowhere to be gone back to.
  expect(other.url()).toBe(`${panel}/reset`);
  await other.getByRole('textbox', { name: 'New password' }).fill('short');
  await other.getByRole('button', { name: 'Set password' }).click();
  await other.getByText('Must have at least 10 characters').waitFor();
  await other.getByRole('textbox', { name: 'New password' }).fill(robin.password);
  await other.getByRole('button', { name: 'Set password' }).click();
  await other.getByRole('heading', { name: 'Your password is set' }).waitFor();
  // Robin's own session ended with the old password.
  await page.getByRole('heading', { name: /^Sign in to/ }).waitFor();
  await other.getByRole('link', { name: 'Sign in' }).click();
  await typePassword(other, robin);
  await isIn(other);

  const late = await newBrowser();
  await late.goto(panel + link.path);
  await late.getByRole('textbox', { name: 'New password' }).fill('a third long password');
  await late.getByRole('button', { name: 'Set password' }).click();
  await late.getByText('This link does not work').waitFor();
});

it('asks for a password of one’s own in place of one that was given', async () => {
  await adminApi.users.create({ body: { ...kim, mustChangePassword: true } });
  const other = await newBrowser();
  await other.goto(`${panel}/sign-in`);
  await typePassword(other, kim);
  await other.getByRole('heading', { name: 'Choose your own password' }).waitFor();
  await other.getByRole('textbox', { name: 'New password' }).fill('chosen by kim alone');
  await other.getByRole('button', { name: 'Set password' }).click();
  await other.getByText('Sign in with it').waitFor();
  await typePassword(other, { ...kim, password: 'chosen by kim alone' });
  await isIn(other);
});

it('saves how long passwords have to be, and holds the invited to it', async () => {
  const office = await newBrowser();
  await office.goto(`${panel}/sign-in?next=/settings/sign-in`);
  await typePassword(office, admin);
  await office.getByRole('radio', { name: 'Whoever was invited' }).check();
  await office.getByLabel('Shortest length').fill('16');
  await office.getByRole('button', { name: 'Save' }).click();
  await office.getByText('The settings were saved').waitFor();

  const { link } = await adminApi.accounts.invite({ body: { email: jo.email } });
  const other = await newBrowser();
  await other.goto(panel + link.path);
  await other.getByText('admin invites you').waitFor();
  expect(other.url()).toBe(`${panel}/register`);
  expect(await other.getByLabel('E-mail').inputValue()).toBe(jo.email);
  await other.getByRole('textbox', { name: 'Password' }).fill('fifteen letters');
  await other.getByRole('button', { name: 'Create account' }).click();
  await other.getByText('Must have at least 16 characters').waitFor();
  await other.getByRole('textbox', { name: 'Password' }).fill(jo.password);
  await other.getByRole('button', { name: 'Create account' }).click();
  await isIn(other);
});
