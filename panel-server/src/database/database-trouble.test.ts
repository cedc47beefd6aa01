import { afterEach, describe, expect, it, vi } from 'vitest';
import { ask } from '../testing/ask.ts';
import { FakeAgent } from '../testing/fake-agent.ts';
import { TcpProxy } from '../testing/tcp-proxy.ts';
import {
  createPostgresDatabase,
  password,
  type TestPanel,
  testDatabases,
  testPanel,
} from '../testing/test-panel.ts';
import { runningServer, serverThat } from '../testing/test-servers.ts';

let test: TestPanel;
afterEach(() => test.close());

const body = { email: 'user@example.com', password };
const signIn = () => ask(test, '/api/auth/login', { body });

/** As far as SQLite can tell, there is no more room on the disk. */
async function fillDisk(): Promise<void> {
  const { database } = test.panel.core;
  const [{ page_count: pages }] = await database.query('PRAGMA page_count');
  await database.query(`PRAGMA max_page_count = ${pages}`);
}

async function useUpReserve(): Promise<void> {
  const { database } = test.panel.core;
  await database.query('CREATE TABLE filler (room BLOB)');
  for (const bytes of [262_144, 2000]) {
    const fill = () => database.query(`INSERT INTO filler VALUES (zeroblob(${bytes}))`);
    await expect(
      (async () => {
        for (;;) await fill();
      })(),
    ).rejects.toThrow('full');
  }
}

const freePages = async () => {
  const [{ freelist_count: pages }] = await test.panel.core.database.query('PRAGMA freelist_count');
  return pages;
};
const reserveMade = () =>
  vi.waitFor(async () => expect(await freePages()).toBeGreaterThan(1000), { timeout: 8000, interval: 50 });

describe('a full disk', () => {
  it('does not keep people from signing in and stopping what fills it', async () => {
    test = await testPanel();
    const agent = await FakeAgent.linked(test);
    const { id } = await runningServer(test.admin, agent);
    await reserveMade();
    await fillDisk();
    for (let attempt = 0; attempt < 30; attempt++) expect((await signIn()).status).toBe(200);
    await test.admin.api.servers.stop({ params: { id } });
    await serverThat(test.admin, id, { state: 'stopped' });
    expect(await test.panel.core.audit.verify()).toMatchObject({ brokenAt: null });
  });

  it('refuses changes with 507, lets people read, and is forgotten when there is room again', async () => {
    test = await testPanel();
    const { database, audit } = test.panel.core;
    await reserveMade();
    await fillDisk();
    await useUpReserve();
    let answer = await signIn();
    for (let attempt = 0; answer.status === 200 && attempt < 200; attempt++) answer = await signIn();
    expect([answer.status, answer.body.error.code]).toEqual([507, 'disk_full']);
    const create = () =>
      ask(test, '/api/nodes', { body: { name: 'a', publicAddress: '192.0.2.1' }, token: test.admin.token });
    for (let attempt = 0; attempt < 3; attempt++) {
      for (const next of [await signIn(), await create()]) {
        expect([next.status, next.body.error.code]).toEqual([507, 'disk_full']);
      }
    }
    expect((await test.admin.api.sessions.me()).name).toBe('admin');
    expect((await ask(test, '/health')).status).toBe(200);
    await database.query('PRAGMA max_page_count = 1000000');
    expect((await signIn()).status).toBe(200);
    expect(await audit.verify()).toMatchObject({ brokenAt: null });
    await test.restart();
    expect((await signIn()).status).toBe(200);
  });
});

describe.skipIf(!testDatabases.includes('postgres'))(
  'Postgres that goes away (skipped without Postgres)',
  () => {
    it('answers 503 meanwhile, and all is well within seconds of its return', async () => {
      const { url, drop } = await createPostgresDatabase();
      const direct = new URL(url);
      await using proxy = await TcpProxy.open(Number(direct.port));
      const proxied = new URL(url);
      proxied.port = new URL(proxy.url).port;
      test = await testPanel({ environment: { CATALYST_DATABASE_URL: proxied.href } });
      expect((await signIn()).status).toBe(200);

      proxy.cut({ refuse: true });
      await expect.poll(async () => (await ask(test, '/health')).status, { timeout: 10_000 }).toBe(503);
      const answer = await signIn();
      expect([answer.status, answer.body.error.code]).toEqual([503, 'unavailable']);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);

      proxy.mend();
      await expect.poll(async () => (await signIn()).status, { timeout: 10_000 }).toBe(200);
      await expect.poll(async () => (await ask(test, '/health')).status, { timeout: 10_000 }).toBe(200);
      expect(await test.panel.core.audit.verify()).toMatchObject({ brokenAt: null });
      await test.panel.close();
      await drop();
    });
  },
);
