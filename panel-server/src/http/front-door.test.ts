import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { buildPanel } from '../app.ts';
import { readConfig } from '../config.ts';
import { migrationLock } from '../database/postgres.ts';
import { createLogger } from '../logger.ts';
import { ask } from '../testing/ask.ts';
import { createPostgresDatabase, testDatabases } from '../testing/test-panel.ts';
import { TestSocket } from '../testing/test-socket.ts';
import { FrontDoor } from './front-door.ts';

const starting = { status: 'starting', error: { code: 'unavailable', message: 'The panel is starting' } };

describe('before it is opened, the port of the panel', () => {
  let door: FrontDoor;
  let url: string;
  beforeEach(async () => {
    door = new FrontDoor(() => false);
    await door.listen({ host: '127.0.0.1', port: 0 });
    url = door.addressFor('127.0.0.1').url;
  });
  afterEach(() => door.close());

  it('answers that the panel is starting, and from then on what it leads to', async () => {
    door.leadTo((_request, response) => response.end('{"there":true}'));
    const health = await ask({ url }, '/health?now');
    expect([health.status, health.headers.get('retry-after')]).toEqual([503, '2']);
    expect(health.body).toMatchObject(starting);
    const other = await ask({ url }, '/api/auth/login', { body: { email: 'a@example.com', password: 'x' } });
    expect([other.status, other.body.status, other.body.error.code]).toEqual([503, undefined, 'unavailable']);
    door.open();
    expect((await ask({ url }, '/health')).body).toEqual({ there: true });
  });

  it.each([
    ['TLS', Buffer.from([22, 3, 1, 0, 5, 1, 0, 0, 1, 0])],
    [
      'a WebSocket',
      'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    ],
  ])('cuts %s off, for which there is nothing yet', async (_what, bytes) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.on('error', () => {});
    socket.write(bytes);
    await once(socket.resume(), 'close');
  });
});

it.skipIf(!testDatabases.includes('postgres'))(
  'a panel that waits for its database says so over /health (skipped without Postgres)',
  async () => {
    const database = await createPostgresDatabase();
    const dataDir = await mkdtemp(join(tmpdir(), 'catalyst-door-'));
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const other = new pg.Client({ connectionString: database.url });
    await other.connect();
    await other.query('SELECT pg_advisory_lock($1)', [migrationLock]);
    const config = readConfig({
      CATALYST_DATA_DIR: dataDir,
      CATALYST_PORT: String(port),
      CATALYST_DATABASE_URL: database.url,
    });
    const building = buildPanel(config, { log: createLogger('error') });
    await vi.waitFor(async () => {
      const { status, body } = await ask({ url }, '/health');
      expect([status, body.status]).toEqual([503, 'starting']);
    });
    await other.end();
    const panel = await building;
    // Built, but not open: its routes and sockets are not there for anybody.
    expect((await ask({ url }, '/api/setup')).body.error).toMatchObject(starting.error);
    await expect(TestSocket.connected(url, undefined)).rejects.toThrow();
    await panel.open();
    expect((await ask({ url }, '/health')).body).toEqual({ status: 'ok' });
    await panel.close();
    await expect(ask({ url }, '/health')).rejects.toThrow();
    await database.drop();
    await rm(dataDir, { recursive: true });
  },
);

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
