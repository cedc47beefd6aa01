import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { api } from '@catalyst/shared/api';
import { createApiClient } from '@catalyst/shared/contract/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { admin, Product, until } from '../product.ts';
import { addScriptTemplate } from '../script-template.ts';
import { SftpClient } from '../sftp-client.ts';

// Somebody works on the files of a server with the programs of his machine.

let product: Product;
let client: Awaited<ReturnType<Product['adminClient']>>;
let params: { id: string };
let folder: string;
let here: string;
let sftp: SftpClient;

beforeAll(async () => {
  here = mkdtempSync(join(tmpdir(), 'catalyst-sftp-'));
  product = await Product.create();
  await addScriptTemplate(product, 'scripted', 'console.log("ready"); process.stdin.resume();');
  await product.start();
  const code = new URL(await product.setupUrl()).hash.replace(/^#(setup=)?/, '');
  await createApiClient(api, { baseUrl: await product.url() }).sessions.setup({ body: { code, ...admin } });
  client = await product.adminClient();
  const nodeId = (await client.nodes.list()).items[0]?.id as string;
  const sizes = { allocatedMemoryMb: 128, allocatedCpuCores: 1, allocatedDiskMb: 256 };
  const body = { name: 'Files', templateId: 'scripted', nodeId, runtime: 'process' as const, ...sizes };
  params = { id: (await client.servers.create({ body })).id };
  folder = join(product.dataDir, 'agent', 'servers', params.id);
  await until('the server is installed', async () => {
    const { operation } = await client.servers.get({ params });
    return operation?.status === 'succeeded';
  });
  sftp = await clientFor('admin', admin.password);
}, 60_000);
afterAll(async () => {
  if (process.env.DEBUG_SFTP) console.log(product?.output);
  await product?.[Symbol.asyncDispose]();
  rmSync(here, { recursive: true, force: true });
});

async function clientFor(name: string, password: string): Promise<SftpClient> {
  const { port } = await client.sftp.get({ params });
  const user = `${name}.${params.id}`;
  return new SftpClient(join(here, `home-${name}`), { port: port as number, user, password });
}

it('takes a file and gives it back', async () => {
  const bytes = randomBytes(3_000_000);
  writeFileSync(join(here, 'world'), bytes);
  const outcome = await sftp.sftp([`put ${here}/world world.zip`, `get world.zip ${here}/back`, 'ls -l']);
  expect(outcome).toMatchObject({ code: 0 });
  expect(readFileSync(join(folder, 'world.zip')).equals(bytes)).toBe(true);
  expect(readFileSync(join(here, 'back')).equals(bytes)).toBe(true);
});
