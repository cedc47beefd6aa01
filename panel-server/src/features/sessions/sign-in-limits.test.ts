import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from '../../testing/ask.ts';
import { medianDifference } from '../../testing/median-difference.ts';
import { password, type TestPanel, testDatabases, testPanel } from '../../testing/test-panel.ts';
import { SignInRecordEntity } from './sign-in-record.entity.ts';

/** The panel believes 127.0.0.1 to be a proxy, so that a test can come from anywhere. */
const login = (test: TestPanel, ip: string, email: string, secret: string) =>
  ask(test, '/api/auth/login', {
    body: { email, password: secret },
    headers: { 'x-forwarded-for': ip, 'x-forwarded-proto': 'https' },
  });

describe.each(testDatabases)('limits of sign-in on %s', (database) => {
  let test: TestPanel;
  beforeAll(async () => {
    test = await testPanel({ database, environment: { CATALYST_TRUSTED_PROXIES: '127.0.0.1' } });
  });
  afterAll(() => test.close());

  it('stops the sixth wrong password for an account, and not its owner elsewhere', async () => {
    const ip = '203.0.113.1';
    for (let attempt = 1; attempt <= 5; attempt++) {
      expect((await login(test, ip, 'admin@example.com', 'wrong')).status).toBe(401);
    }
    const refused = await login(test, ip, 'admin@example.com', password);
    expect(refused.status).toBe(429);
    expect(refused.body.error.code).toBe('rate_limited');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await login(test, '203.0.113.2', 'admin@example.com', password)).status).toBe(200);
    expect((await login(test, ip, 'user@example.com', password)).status).toBe(200);
  });

  it('lets through no more than the limit when all attempts come at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => login(test, '203.0.113.3', 'admin@example.com', 'wrong')),
    );
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(25);
  });

  it('lets many right passwords through at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => login(test, '203.0.113.4', 'user@example.com', password)),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(12).fill(200));
  });

  it('stops one address that tries many accounts, over a restart too', async () => {
    const ip = '203.0.113.5';
    const attempt = (index: number) => login(test, ip, `someone${index}@example.com`, 'wrong');
    for (let index = 0; index < 30; index++) expect((await attempt(index)).status).toBe(401);
    expect((await attempt(30)).status).toBe(429);
    await test.restart();
    expect((await attempt(31)).status).toBe(429);
  });

  it('counts all of a /64 of IPv6 as one', async () => {
    for (let attempt = 1; attempt <= 5; attempt++) {
      expect((await login(test, `2001:db8:1:2::${attempt}`, 'admin@example.com', 'wrong')).status).toBe(401);
    }
    expect((await login(test, '2001:db8:1:2:ffff::1', 'admin@example.com', password)).status).toBe(429);
    expect((await login(test, '2001:db8:1:3::1', 'admin@example.com', password)).status).toBe(200);
  });

  it('lets in who has signed in from there before while strangers crowd the door, over a restart too', async () => {
    const home = '203.0.113.7';
    expect((await login(test, home, 'user@example.com', password)).status).toBe(200);
    await test.restart();
    const crowd = Array.from({ length: 120 }, (_, index) =>
      login(test, `198.51.${index}.1`, `nobody${index}@example.com`, 'wrong'),
    );
    await Promise.race(crowd);
    expect((await login(test, home, 'user@example.com', password)).status).toBe(200);
    const statuses = (await Promise.all(crowd)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([401, 429]));
  });

  it('waits longer with each failure past the limit, and forgets after success', async () => {
    const ip = '203.0.113.6';
    const rows = test.panel.core.database.getRepository(SignInRecordEntity);
    const passTime = async () => {
      for (const row of await rows.find()) await rows.update({ id: row.id }, { blockedUntil: null });
    };
    for (let attempt = 1; attempt <= 5; attempt++) await login(test, ip, 'user@example.com', 'wrong');
    const first = await login(test, ip, 'user@example.com', 'wrong');
    await passTime();
    expect((await login(test, ip, 'user@example.com', 'wrong')).status).toBe(401);
    const second = await login(test, ip, 'user@example.com', 'wrong');
    expect(Number(second.headers.get('retry-after'))).toBeGreaterThan(
      Number(first.headers.get('retry-after')) * 1.5,
    );
    await passTime();
    expect((await login(test, ip, 'user@example.com', password)).status).toBe(200);
    expect((await login(test, ip, 'user@example.com', 'wrong')).status).toBe(401);
  });
});

describe('an address that is not a trusted proxy', () => {
  let test: TestPanel;
  beforeAll(async () => {
    test = await testPanel();
  });
  afterAll(() => test.close());

  it('cannot reset its counter by naming another address', async () => {
    for (let attempt = 1; attempt <= 5; attempt++) {
      expect((await login(test, `198.51.100.${attempt}`, 'admin@example.com', 'wrong')).status).toBe(401);
    }
    expect((await login(test, '198.51.100.99', 'admin@example.com', password)).status).toBe(429);
  });
});

describe('the time a refusal takes', () => {
  let test: TestPanel;
  beforeAll(async () => {
    const unlimited =
      '{"anonymous":100000,"signInFailuresPerAccount":100000,"signInFailuresPerAddress":100000}';
    test = await testPanel({ environment: { CATALYST_RATE_LIMITS: unlimited } });
  });
  afterAll(() => test.close());

  it('does not tell whether there is such an account', { timeout: 120_000 }, async () => {
    // Without a hash for strangers they would be some 20 ms apart.
    const attempt = (email: string) => () => login(test, '', email, 'wrong');
    const disabled = await test.createUser('locked-out');
    await test.admin.api.users.disable({ params: { id: disabled.userId } });
    for (const email of ['admin@example.com', 'locked-out@example.com']) {
      const difference = await medianDifference(attempt(email), attempt('nobody@example.com'), 5);
      expect(difference, email).toBeLessThan(5);
    }
  });

  it('leaves the rest of the panel alone while a crowd tries to sign in', async () => {
    const me: number[] = [];
    let isOver = false;
    const crowd = Promise.all(
      Array.from({ length: 300 }, (_, index) => login(test, '', `crowd${index}@example.com`, 'wrong')),
    ).then((answers) => {
      isOver = true;
      return answers;
    });
    while (!isOver) me.push(await timed(() => test.user.api.sessions.me()));
    const statuses = new Set((await crowd).map(({ status }) => status));
    expect([...statuses].sort()).toEqual([401, 429]);
    expect(me.length).toBeGreaterThan(10);
    expect(quantile(me, 0.9)).toBeLessThan(500);
  });
});

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

const quantile = (values: number[], share: number) =>
  values.sort((a, b) => a - b)[Math.floor(values.length * share)] ?? 0;
