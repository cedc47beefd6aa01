import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { admin, Product, until } from '../product.ts';

const agentEntry = fileURLToPath(new URL('../../agent/dist/main.js', import.meta.url));

let product: Product;
let client: Awaited<ReturnType<Product['adminClient']>>;
let folder: string;
let nodeId: string;
let token: string;

beforeAll(async () => {
  product = await Product.create({
    CATALYST_ADMIN_EMAIL: admin.email,
    CATALYST_ADMIN_PASSWORD: admin.password,
  });
  await product.start();
  client = await product.adminClient();
  folder = await mkdtemp(join(tmpdir(), 'catalyst-other-machine-'));
  await chmod(folder, 0o711);
});
afterAll(async () => {
  await product?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

it('links an agent with the token on its standard input, and prints the fingerprint the panel shows', async () => {
  ({ id: nodeId } = await client.nodes.create({
    body: { name: 'other machine', publicAddress: '127.0.0.1' },
  }));
  ({ token } = await client.nodes.deploymentToken({ params: { id: nodeId } }));
  const { code, output } = await link(folder, token);
  expect(code, output).toBe(0);
  const { fingerprint } = await client.nodes.get({ params: { id: nodeId } });
  expect(fingerprint).toBeTruthy();
  expect(output).toContain(fingerprint);
  // Neither side keeps the secret: the agent has its own key now.
  for (const file of ['agent/identity/link.json', 'agent/link.json']) {
    const text = await readFile(join(folder, file), 'utf8').catch(() => '');
    expect(text).not.toContain(JSON.parse(Buffer.from(token.slice(4), 'base64url').toString()).secret);
  }
});

it('refuses the same token a second time, in words', async () => {
  const another = await mkdtemp(join(tmpdir(), 'catalyst-third-machine-'));
  const { code, output } = await link(another, token);
  expect(code).not.toBe(0);
  expect(output).toMatch(/token/i);
  await rm(another, { recursive: true });
});

it('is online while that agent runs', async () => {
  const agent = spawn(process.execPath, [agentEntry], { env: environment(folder), stdio: 'ignore' });
  await until(
    'the node is online',
    async () => (await client.nodes.get({ params: { id: nodeId } })).status === 'online',
  );
  agent.kill('SIGTERM');
  await once(agent, 'exit');
  await until(
    'the node is offline',
    async () => (await client.nodes.get({ params: { id: nodeId } })).status === 'offline',
  );
});

async function link(dataDir: string, input: string): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [agentEntry, 'link'], { env: environment(dataDir), stdio: 'pipe' });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  child.stdin.end(`${input}\n`);
  const [code] = await once(child, 'exit');
  return { code, output };
}

function environment(dataDir: string): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, CATALYST_DATA_DIR: dataDir, CATALYST_AGENT_STATS_PORT: '0' };
}
