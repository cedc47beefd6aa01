/// <reference path="../../panel-server/src/testing/oidc-provider.d.ts" />
import { api } from '@catalyst/shared/api';
import { createApiClient } from '@catalyst/shared/contract/client';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startOidc, type TestOidc } from '../../panel-server/src/testing/test-oidc.ts';
import { ageProofsOf } from '../age-proofs.ts';
import { launchBrowser } from '../browser.ts';
import { admin, Product } from '../product.ts';

// Signing in by a real OpenID provider, in a browser against the real panel.

let product: Product;
let provider: TestOidc;
let browser: Browser;
let office: Page;
/** Somebody who has an account only there. */
let page: Page;
let panel: string;

beforeAll(async () => {
  product = await Product.create();
  await product.start();
  panel = await product.url();
  const code = new URL(await product.setupUrl()).hash.slice(1);
  await createApiClient(api, { baseUrl: panel }).sessions.setup({ body: { ...admin, code } });
  provider = await startOidc([`${panel}/sign-in/callback`]);
  browser = await launchBrowser();
  office = await newBrowser();
  page = await newBrowser();
});
afterAll(async () => {
  await browser?.close();
  await provider?.close();
  await product?.[Symbol.asyncDispose]();
});

const newBrowser = async () => (await browser.newContext({ reducedMotion: 'reduce' })).newPage();

it('adds a provider in the settings and tests it', async () => {
  await office.goto(`${panel}/sign-in?next=/settings/sign-in`);
  await office.getByLabel('E-mail').fill(admin.email);
  await office.getByRole('textbox', { name: 'Password' }).fill(admin.password);
  await office.getByRole('button', { name: 'Sign in', exact: true }).click();
  // It is on this machine, where the panel calls nobody unasked.
  await office.getByRole('combobox', { name: 'Networks the panel may call' }).fill('127.0.0.1');
  await office.keyboard.press('Enter');
  await office.getByRole('button', { name: 'Save' }).click();
  await office.getByText('The settings were saved').waitFor();

  await office.getByRole('link', { name: 'Providers' }).click();
  await office.getByRole('link', { name: 'Add a provider' }).click();
  await office.getByLabel('Name').fill('Company');
  await office.getByLabel('Issuer').fill(provider.issuer);
  await office.getByLabel('Client id').fill(provider.clientId);
  await office.getByRole('textbox', { name: 'Client secret' }).fill(provider.clientSecret);
  await office.getByText(`${panel}/sign-in/callback`).waitFor();
  await office.getByRole('switch', { name: 'Make accounts' }).check();
  await office.getByRole('button', { name: 'Add provider' }).click();
  await office.getByText('Company was added').waitFor();
  await office.getByRole('button', { name: 'Test the connection' }).click();
  await office.getByText('The provider answers').waitFor();
});

it('signs somebody in who has no account yet, to where he wanted to go', async () => {
  provider.person = { sub: 'p1', email: 'pat@corp.example', email_verified: true, name: 'Pat' };
  await page.goto(`${panel}/account/security`);
  await page.getByRole('button', { name: 'Sign in with Company' }).click();
  await page.getByRole('button', { name: 'Set password' }).waitFor();
  // Nothing of the provider's answer stays in the address.
  expect(page.url()).toBe(`${panel}/account/security`);
  await page.getByText('pat@corp.example').waitFor();
});

it('proves who sits there at the provider, in a window of its own', async () => {
  ageProofsOf(product, 'pat@corp.example');
  await page.getByRole('textbox', { name: 'New password' }).fill('the first password of pat');
  await page.getByRole('button', { name: 'Set password' }).click();
  const proof = page.getByRole('dialog', { name: 'Confirm it is you' });
  await proof.getByRole('button', { name: 'Confirm with Company' }).click();
  await page.getByText('The password was set').waitFor();
  await page.getByRole('textbox', { name: 'Current password' }).waitFor();
});

it('links an account there to one that is here', async () => {
  provider.person = { sub: 'p2', email: 'boss@corp.example', email_verified: true };
  await office.goto(`${panel}/account/security`);
  await office.getByRole('button', { name: 'Link Company' }).click();
  await office.getByRole('button', { name: 'Unlink Company' }).waitFor();
  expect(office.url()).toBe(`${panel}/account/security`);

  const other = await newBrowser();
  await other.goto(`${panel}/sign-in`);
  await other.getByRole('button', { name: 'Sign in with Company' }).click();
  await other.getByRole('button', { name: `Account of ${admin.name}` }).waitFor();
});

it('says so when the provider’s answer is not one to this browser', async () => {
  const other = await newBrowser();
  await other.goto(`${panel}/sign-in/callback?code=made-up&state=made-up`);
  await other.getByText('The provider’s answer was not accepted').waitFor();
  expect(other.url()).toBe(`${panel}/sign-in/callback`);
});
