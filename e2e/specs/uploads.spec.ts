import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { api } from '@catalyst/shared/api';
import { createApiClient } from '@catalyst/shared/contract/client';
import { Upload } from 'tus-js-client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { admin, Product, until } from '../product.ts';
import { addScriptTemplate } from '../script-template.ts';

// Somebody brings a large world along while everything on the way to its server is killed.

const worldBytes = 130 * 1024 * 1024;
const pieceBytes = 2 * 1024 * 1024;

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
  const sizes = { allocatedMemoryMb: 128, allocatedCpuCores: 1, allocatedDiskMb: 200 };
  const body = { name: 'Uploads', templateId: 'scripted', nodeId, runtime: 'process' as const, ...sizes };
  params = { id: (await client.servers.create({ body })).id };
  folder = join(product.dataDir, 'agent', 'servers', params.id);
  await until('the server is installed', async () => {
    const { operation } = await client.servers.get({ params });
    return operation?.status === 'succeeded';
  });
}, 60_000);
afterAll(() => product?.[Symbol.asyncDispose]());

const endpoint = async () => `${await product.url()}/api/servers/${params.id}/files/uploads`;
const headers = () => ({ authorization: `Bearer ${client.token}` });
const hidden = () => readdirSync(folder).filter((name) => name.startsWith('.catalyst-'));
const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

async function restartPanel(): Promise<void> {
  await product.killPanel();
  await product.start();
}

it('comes whole, larger than one request may be, though agent and panel are killed meanwhile', async () => {
  const world = randomBytes(worldBytes);
  const killed: Promise<void>[] = [];
  const killOnce = [
    { afterBytes: worldBytes / 4, kill: () => product.killAgent() },
    { afterBytes: worldBytes / 2, kill: restartPanel },
  ];
  const url = await endpoint();
  await new Promise<void>((resolve, reject) => {
    new Upload(Readable.from([world], { objectMode: false }) as never, {
      ...{ endpoint: url, headers: headers(), metadata: { path: 'world.zip' } },
      ...{ uploadSize: worldBytes, chunkSize: pieceBytes, retryDelays: Array(60).fill(500) },
      onShouldRetry: () => true,
      onProgress: (sentBytes) => {
        const next = killOnce[0];
        if (next && sentBytes >= next.afterBytes) {
          killOnce.shift();
          killed.push(next.kill());
        }
      },
      onSuccess: () => resolve(),
      onError: reject,
    }).start();
  });
  await Promise.all(killed);
  expect(killOnce).toEqual([]);
  expect(hashOf(readFileSync(join(folder, 'world.zip')))).toBe(hashOf(world));
  expect(statSync(join(folder, 'world.zip')).uid).toBe(statSync(folder).uid);
  expect(hidden().filter((name) => name.endsWith('.part'))).toEqual([]);
}, 180_000);

it('is refused when it does not fit on the disk of the server', async () => {
  const answer = await fetch(await endpoint(), {
    method: 'POST',
    headers: {
      ...headers(),
      ...{ 'tus-resumable': '1.0.0', 'upload-length': `${300 * 1024 * 1024}` },
      'upload-metadata': `path ${Buffer.from('large.zip').toString('base64')}`,
    },
  });
  expect(answer.status).toBe(507);
  expect((await client.uploads.list({ params })).items).toEqual([]);
});
