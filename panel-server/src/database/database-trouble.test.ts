import { afterEach, describe, expect, it } from 'vitest';
import { ask } from '../testing/ask.ts';
import { TcpProxy } from '../testing/tcp-proxy.ts';
import {
  createPostgresDatabase,
  password,
  type TestPanel,
  testDatabases,
  testPanel,
} from '../testing/test-panel.ts';

let test: TestPanel;
afterEach(() => test.close());

const body = { email: 'user@example.com', password };
const signIn = () => ask(test, '/api/auth/login', { body });

describe('a full disk', () => {
  it('refuses changes with 507, lets people read, and is forgotten when there is room again', async () => {
    test = await testPanel();
    const { database, audit } = test.panel.core;
    const [{ page_count }] = await database.query('PRAGMA page_count');
    await database.query(`PRAGMA max_page_count = ${page_count}`);
    let answer = await signIn();
    for (let attempt = 0; answer.status === 200 && attempt < 200; attempt++) answer = await signIn();
    expect([answer.status, answer.body.error.code]).toEqual([507, 'disk_full']);
    expect((await test.admin.api.sessions.me()).name).toBe('admin');
    expect((await ask(test, '/health')).status).toBe(200);
    await database.query('PRAGMA max_page_count = 1000000');
    expect((await signIn()).status).toBe(200);
    expect(await audit.verify()).toMatchObject({ brokenAt: null });
    await test.restart();
    expect((await signIn()).status).toBe(200);
  });
});

describe.skipIf(!testDatabases.includes('postgres'))('Postgres that goes away', () => {
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
});
