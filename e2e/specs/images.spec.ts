import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { launchBrowser } from '../browser.ts';
import { ContainerMachine } from '../container-machine.ts';
import { admin } from '../product.ts';
import { toDockerArchive } from '../services/image-transport.ts';
import { buildImage, type OciImage } from '../services/oci-image.ts';
import { type PublicAddress, publish } from '../services/public-address.ts';

// The images of a node, from the browser: a registry in a private network, a pull, an archive, and the doctor.

let machine: ContainerMachine;
let whyNot: string | undefined;
let browser: Browser;
let page: Page;
/** The registry for those who log in, once more: without TLS, in a private network. */
let inOffice: PublicAddress;
let reference: string;
let image: OciImage;

beforeAll(async () => {
  const opened = await ContainerMachine.create();
  if (typeof opened === 'string') {
    whyNot = opened;
    return;
  }
  machine = opened;
  const content = Buffer.alloc(3_000_000, 'the files of a game');
  image = buildImage({ layers: [[{ name: 'game', type: 'file', content }]] });
  const { registry } = machine.closed;
  inOffice = await publish(registry.host, { address: '10.20.30.40', certificate: null });
  reference = await machine.push(image, 'studio/game', { registry, internet: inOffice });
  await machine.product.start();
  const { nodes } = await machine.product.adminClient();
  const { id } = (await nodes.list()).items[0] as { id: string };
  browser = await launchBrowser();
  page = await browser.newPage();
  await page.goto(`${await machine.product.url()}/nodes/${id}/images`);
  await page.getByLabel('E-mail').fill(admin.email);
  await page.getByLabel('Password', { exact: true }).fill(admin.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
});
beforeEach(({ skip }) => {
  if (whyNot) skip(whyNot);
});
afterAll(async () => {
  await browser?.close();
  await inOffice?.stop();
  await machine?.[Symbol.asyncDispose]();
});

const tab = (name: string) => page.getByRole('navigation').getByRole('link', { name, exact: true }).click();

async function pull(): Promise<void> {
  await page.getByRole('button', { name: 'Pull an image' }).click();
  await page.getByRole('textbox', { name: 'Image' }).fill(reference);
  await page.getByRole('button', { name: 'Pull', exact: true }).click();
}

it('says that no image comes from a private network by itself, and who can change that', async () => {
  const { host } = inOffice;
  await page.getByText('No image yet').waitFor();
  await pull();
  await page.getByText(`${reference} did not come`).waitFor();
  await page
    .getByText(`${host} is not on the public internet. Add the registry ${host} under Settings`)
    .waitFor();
});

it('says that a private image does not come without a login, once its registry is in the settings', async () => {
  const images = page.url();
  await page.goto(new URL('/settings/registries', images).href);
  await page.getByRole('button', { name: 'Add a registry' }).click();
  await page.getByLabel('Host').fill(inOffice.host);
  await page.getByLabel('Without TLS').check();
  await page.getByText('Whoever listens between a node and this registry').waitFor();
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByText('no login, without TLS').waitFor();
  await page.goto(images);
  await pull();
  await page.getByText(/wants credentials for it/).waitFor();
});

it('pulls it once the login is there too', async () => {
  const images = page.url();
  const { login } = machine.closed.registry;
  await page.goto(new URL('/settings/registries', images).href);
  await page.getByRole('button', { name: `Change ${inOffice.host}` }).click();
  await page.getByLabel('User name').fill(login?.username ?? '');
  await page.getByLabel('Password or token').fill(login?.password ?? '');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText(`as ${login?.username}, without TLS`).waitFor();
  await page.goto(images);
  await pull();
  await page.getByRole('listitem').filter({ hasText: reference }).getByText('No server').waitFor();
  await page.getByText('did not come').waitFor({ state: 'detached' });
});

it('takes in an archive, and keeps it when unused images are removed', async () => {
  const archive = toDockerArchive(image, 'own/game:1');
  await page.getByRole('button', { name: 'Import an archive' }).click();
  const file = { name: 'game.tar', mimeType: 'application/x-tar', buffer: archive };
  await page.locator('input[type=file]').setInputFiles(file);
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await page
    .getByRole('listitem')
    .filter({ hasText: 'docker.io/own/game:1' })
    .getByText('Imported')
    .waitFor();

  await page.getByRole('button', { name: 'Remove unused' }).click();
  await page.getByLabel('Unused for').fill('0');
  await page.getByText('1 image goes').waitFor();
  await page.getByRole('button', { name: 'Remove 1 image' }).click();
  await page.getByText('1 image was removed').waitFor();
  await page.getByText(reference).waitFor({ state: 'detached' });
  expect(await page.getByText('docker.io/own/game:1').count()).toBe(1);
});

it('removes it by its name', async () => {
  await page.getByRole('button', { name: 'Remove docker.io/own/game:1' }).click();
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await page.getByText('No image yet').waitFor();
});

it('says what the machine has and lacks', async () => {
  await tab('Doctor');
  await page.getByText(/things are fine/).click();
  await page.getByText(`containerd ${machine.containerd.version} answers.`).waitFor();
});

it('warns above all else where its runc lets containers out', async () => {
  const { nodes } = await machine.product.adminClient();
  const [node] = (await nodes.list()).items;
  const risks = node?.health?.runtimes.flatMap((runtime) => runtime.risks ?? []) ?? [];
  for (const risk of risks) await page.getByRole('status').filter({ hasText: risk }).waitFor();
  expect(await page.getByText('Containers here can be broken out of').count()).toBe(risks.length);
});
