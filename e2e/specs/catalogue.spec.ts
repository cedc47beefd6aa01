import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gameDrawings } from '../../desktop/src/renderer/components/game-drawings.tsx';
import { catalogue } from '../../panel-server/src/features/templates/catalogue.ts';
import { gameQueries } from '../game-queries.ts';
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

interface Game {
  templateId: string;
  program: string;
  /** What it says to whoever asks it in its own protocol. */
  answer: string;
  /** For games that read their console. */
  exchange?: { command: string; answer: string };
  /** A setting, the value it gets, and where it stands after the next start. */
  change: { name: string; value: string; file?: string; line: string };
  /** Among its last words; not every game has some. */
  afterwards?: string;
  /** Null for a game that knows no other end than the signal. */
  exitCode: number | null;
}

const renamed = `Renamed & "new"`;
const games: Game[] = [
  {
    templateId: 'openttd',
    program: '/usr/games/openttd',
    answer: 'A Catalyst server',
    exchange: { command: 'server_info', answer: 'Current/maximum clients' },
    change: {
      name: 'SERVER_TITLE',
      value: renamed,
      file: 'private.cfg',
      line: `server_name = ${renamed}`,
    },
    afterwards: 'Shutting down network',
    exitCode: 0,
  },
  {
    templateId: 'luanti',
    program: '/usr/games/minetestserver',
    answer: 'a number for the peer',
    change: {
      name: 'SERVER_TITLE',
      value: renamed,
      file: 'minetest.conf',
      line: `server_name = ${renamed}`,
    },
    afterwards: 'Server: Shutting down',
    exitCode: 0,
  },
  {
    templateId: 'teeworlds',
    program: '/usr/games/teeworlds-server',
    answer: 'A Catalyst server',
    change: { name: 'SERVER_TITLE', value: 'Renamed', line: "server name is 'Renamed'" },
    exitCode: null,
  },
  {
    templateId: 'bzflag',
    program: '/usr/games/bzfs',
    answer: 'BZFS',
    change: { name: 'STYLE', value: '-c', line: 'capture the flag' },
    afterwards: 'Shutting down server',
    exitCode: 0,
  },
  {
    templateId: 'armagetron',
    program: '/usr/games/armagetronad-dedicated.real',
    answer: 'kind 50, port',
    exchange: { command: 'SAY hello there', answer: 'hello there' },
    change: {
      name: 'SERVER_TITLE',
      value: renamed,
      file: 'config/server_info.cfg',
      line: `SERVER_NAME ${renamed}`,
    },
    exitCode: 0,
  },
  {
    templateId: 'wesnoth',
    program: '/usr/games/wesnothd-1.16',
    answer: '[version]',
    change: { name: 'MOTD', value: 'Renamed', file: 'wesnothd.cfg', line: 'motd="Renamed"' },
    afterwards: 'SIGTERM caught',
    exitCode: null,
  },
  {
    templateId: 'mumble',
    program: '/usr/sbin/murmurd',
    answer: '0102030405060708, 50 slots',
    change: { name: 'WELCOME', value: renamed, file: 'mumble.ini', line: `welcometext=${renamed}` },
    afterwards: 'Killing running servers',
    exitCode: 0,
  },
  {
    templateId: 'freeciv',
    program: '/usr/games/freeciv-server',
    answer: 'missing a capability',
    exchange: { command: 'show aifill', answer: 'aifill' },
    change: { name: 'FILL_TO', value: '3', file: 'setup.serv', line: 'set aifill 3' },
    afterwards: 'Game saved as',
    exitCode: 0,
  },
];

it('has a drawing for every game', () => {
  const missing = catalogue.filter(({ icon }) => !Object.hasOwn(gameDrawings, icon)).map(({ id }) => id);
  expect(missing).toEqual([]);
});

// They take turns with waiting, so one does not wait for the other.
describe.concurrent('the games of the catalogue', () => {
  for (const game of games) {
    it.runIf(existsSync(game.program)).concurrent(
      `${game.templateId} installs, runs, answers and stops as its template says (skipped where it is not installed)`,
      { timeout: 120_000 },
      () => play(game),
    );
  }
});

async function play({ templateId, answer, exchange, change, afterwards, exitCode }: Game): Promise<void> {
  const { id, primaryPort: port } = await client.servers.create({
    body: {
      name: templateId,
      templateId,
      allocatedMemoryMb: 384,
      allocatedCpuCores: 1,
      allocatedDiskMb: 1024,
      startAfterInstall: true,
    },
  });
  const params = { id };
  await stateIs(id, 'running');
  const [pid] = await product.gamePids(id);
  expect(await gameQueries[templateId]?.(port)).toContain(answer);
  if (exchange) {
    const { lines } = await client.console.command({
      params,
      body: { command: exchange.command, waitMs: 2000 },
    });
    expect(lines?.map(({ text }) => text).join('\n')).toContain(exchange.answer);
  }

  await client.servers.update({ params, body: { environment: { [change.name]: change.value } } });
  await client.servers.restart({ params });
  await until('another process runs', async () => {
    const [now] = await product.gamePids(id);
    return now !== undefined && now !== pid;
  });
  await stateIs(id, 'running');
  const folder = join(product.dataDir, 'agent', 'servers', id);
  if (change.file) expect(readFileSync(join(folder, change.file), 'utf8')).toContain(`${change.line}\n`);
  else await until('the change is in the console', async () => (await consoleText(id)).includes(change.line));
  expect(await gameQueries[templateId]?.(port)).toBeTruthy();

  await client.servers.stop({ params });
  await stateIs(id, 'stopped');
  expect(await product.gamePids(id)).toEqual([]);
  expect(isAlive(pid as number)).toBe(false);
  expect(await client.servers.get({ params })).toMatchObject({ exitCode });
  expect(await consoleText(id)).not.toContain('was killed');
  if (afterwards) expect(await consoleText(id)).toContain(afterwards);

  await client.servers.delete({ params });
  await until('it is gone', async () =>
    (await client.servers.list()).items.every((server) => server.id !== id),
  );
}

async function consoleText(id: string): Promise<string> {
  const { items } = await client.console.logs({ params: { id }, query: { limit: 100 } });
  return items.map(({ text }) => text).join('\n');
}

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
