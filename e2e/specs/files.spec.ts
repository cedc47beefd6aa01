import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { api } from '@catalyst/shared/api';
import { callUrl, createApiClient } from '@catalyst/shared/contract/client';
import { fileRoutes } from '@catalyst/shared/features/files';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { admin, Product, until } from '../product.ts';
import { addScriptTemplate } from '../script-template.ts';

// Somebody changes the settings of a server, brings a world along and takes it away again.

const worldBytes = 10_000_000;

let product: Product;
let client: Awaited<ReturnType<Product['adminClient']>>;
let params: { id: string };
let folder: string;

beforeAll(async () => {
  product = await Product.create();
  await addScriptTemplate(product, 'scripted', 'console.log("ready"); process.stdin.resume();');
  await product.start();
  const code = new URL(await product.setupUrl()).hash.replace(/^#(setup=)?/, '');
  await createApiClient(api, { baseUrl: await product.url() }).sessions.setup({ body: { code, ...admin } });
  client = await product.adminClient();
  const nodeId = (await client.nodes.list()).items[0]?.id as string;
  const sizes = { allocatedMemoryMb: 128, allocatedCpuCores: 1, allocatedDiskMb: 32 };
  const body = { name: 'Files', templateId: 'scripted', nodeId, runtime: 'process' as const, ...sizes };
  params = { id: (await client.servers.create({ body })).id };
  folder = join(product.dataDir, 'agent', 'servers', params.id);
  await until('the server is installed', async () => {
    const { operation } = await client.servers.get({ params });
    return operation?.status === 'succeeded';
  });
}, 60_000);
afterAll(() => product?.[Symbol.asyncDispose]());

const url = async (route: 'upload' | 'download', path: string) =>
  (await product.url()) + callUrl(fileRoutes[route], { params, query: { path } });
const headers = () => ({ authorization: `Bearer ${client.token}` });
const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

it('lists, saves and moves files, which belong to the server', async () => {
  const { items } = await client.files.list({ params });
  expect(items.map(({ name }) => name)).toContain('script.js');
  await client.files.create({ params, body: { path: 'config', type: 'folder' } });
  const saved = await client.files.write({ params, body: { path: 'config/a.yml', content: 'name: ä\n' } });
  expect(await client.files.read({ params, query: { path: 'config/a.yml' } })).toMatchObject({
    ...{ content: 'name: ä\n', version: saved.version },
  });
  const stale = { path: 'config/a.yml', content: 'late', expectedVersion: saved.version };
  await client.files.write({ params, body: { ...stale, content: 'early' } });
  await expect(client.files.write({ params, body: stale })).rejects.toMatchObject({
    code: 'precondition_failed',
  });
  await client.files.rename({ params, body: { path: 'config/a.yml', to: 'b.yml' } });
  expect(readFileSync(join(folder, 'b.yml'), 'utf8')).toBe('early');
  expect(statSync(join(folder, 'b.yml')).uid).toBe(statSync(folder).uid);
  await client.files.delete({ params, body: { paths: ['b.yml', 'config'] } });
  expect(readdirSync(folder)).not.toContain('config');
});

it('takes a large file and gives it back, whole and in parts', async () => {
  const world = randomBytes(worldBytes);
  const upload = await fetch(await url('upload', 'world.zip'), {
    ...{ method: 'POST', headers: headers(), body: world },
  });
  expect(upload.status).toBe(201);
  const whole = await fetch(await url('download', 'world.zip'), { headers: headers() });
  expect(hashOf(await whole.bytes())).toBe(hashOf(world));
  const range = { ...headers(), range: 'bytes=9000000-', 'if-range': whole.headers.get('etag') ?? '' };
  const rest = await fetch(await url('download', 'world.zip'), { headers: range });
  expect(rest.status).toBe(206);
  expect(hashOf(await rest.bytes())).toBe(hashOf(world.subarray(9_000_000)));
});

it('keeps nothing of an upload that is cut, or that is more than the disk may hold', async () => {
  const before = readdirSync(folder).sort();
  const cut = request(await url('upload', 'cut.zip'), { method: 'POST', headers: headers() });
  cut.on('error', () => {});
  cut.write(randomBytes(1024 * 1024));
  await until('the agent writes it', () => readdirSync(folder).length > before.length);
  cut.destroy();
  await until('nothing of it is left', () => readdirSync(folder).length === before.length);
  const body = new Uint8Array(40 * 1024 * 1024);
  const full = await fetch(await url('upload', 'full.zip'), { method: 'POST', headers: headers(), body });
  expect(full.status).toBe(507);
  expect(readdirSync(folder).sort()).toEqual(before);
});

it('goes on when the agent is killed in the middle of a download', async () => {
  const answer = await fetch(await url('download', 'world.zip'), { headers: headers() });
  const body = answer.body?.getReader();
  await body?.read();
  await product.killAgent();
  const drained = (async () => {
    while (!(await body?.read())?.done);
  })();
  await expect(drained).rejects.toThrow();
  await until('the agent is back', async () => {
    const again = await fetch(await url('download', 'world.zip'), { headers: headers() });
    return again.ok && (await again.bytes()).length === worldBytes;
  });
});
