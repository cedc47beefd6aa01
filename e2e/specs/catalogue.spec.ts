import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { admin, isAlive, Product, until } from '../product.ts';

let product: Product;
let client: Awaited<ReturnType<Product['adminClient']>>;

beforeAll(async () => {
  product = await Product.create({
    CATALYST_ADMIN_EMAIL: admin.email,
    CATALYST_ADMIN_PASSWORD: admin.password,
  });
  await product.start();
  client = await product.adminClient();
});
afterAll(() => product?.[Symbol.asyncDispose]());

const games = [
  {
    templateId: 'openttd',
    program: '/usr/games/openttd',
    exchange: { command: 'server_info', answer: 'Current/maximum clients' },
    afterwards: 'Shutting down network',
    named: 'private.cfg',
  },
  {
    templateId: 'luanti',
    program: '/usr/games/minetestserver',
    exchange: null,
    afterwards: 'Server: Shutting down',
    named: 'minetest.conf',
  },
];

describe.each(games)('$templateId', ({ templateId, program, exchange, afterwards, named }) => {
  const isInstalled = existsSync(program);

  it.runIf(isInstalled)(
    'installs, runs, answers and stops as its template says (skipped where the game is not installed)',
    { timeout: 120_000 },
    async () => {
      const { id } = await client.servers.create({
        body: {
          name: templateId,
          templateId,
          allocatedMemoryMb: 512,
          allocatedCpuCores: 1,
          allocatedDiskMb: 1024,
          startAfterInstall: true,
        },
      });
      const params = { id };
      await stateIs(id, 'running');
      const [pid] = await product.gamePids(id);
      if (exchange) {
        const { lines } = await client.console.command({
          params,
          body: { command: exchange.command, waitMs: 2000 },
        });
        expect(lines?.map(({ text }) => text).join('\n')).toContain(exchange.answer);
      }

      const name = `Renamed & "new"`;
      await client.servers.update({ params, body: { environment: { SERVER_TITLE: name } } });
      await client.servers.restart({ params });
      await until('another process runs', async () => {
        const [now] = await product.gamePids(id);
        return now !== undefined && now !== pid;
      });
      await stateIs(id, 'running');
      const file = join(product.dataDir, 'agent', 'servers', id, named);
      expect(readFileSync(file, 'utf8')).toContain(`server_name = ${name}\n`);

      await client.servers.stop({ params });
      await stateIs(id, 'stopped');
      expect(await product.gamePids(id)).toEqual([]);
      expect(isAlive(pid as number)).toBe(false);
      const { items } = await client.console.logs({ params, query: { limit: 200 } });
      expect(items.map(({ text }) => text).join('\n')).toContain(afterwards);

      await client.servers.delete({ params });
      await until('it is gone', async () =>
        (await client.servers.list()).items.every((server) => server.id !== id),
      );
    },
  );
});

async function stateIs(id: string, wanted: string): Promise<void> {
  await until(
    `the server is ${wanted}`,
    async () => {
      const { state, reasonText } = await client.servers.get({ params: { id } });
      if (state !== wanted && state !== 'stopped' && ['error', 'crashed'].includes(state)) {
        throw new Error(`${state}: ${reasonText}`);
      }
      return state === wanted;
    },
    60_000,
  );
}
