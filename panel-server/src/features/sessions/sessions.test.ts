import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ask } from '../../testing/ask.ts';
import { password, type TestPanel, testDatabases, testPanel } from '../../testing/test-panel.ts';
import { UserEntity } from '../users/user.entity.ts';
import { SessionEntity } from './session.entity.ts';

const login = (test: TestPanel, body: unknown, options: object = {}) =>
  ask(test, '/api/auth/login', { body, ...options });

describe.each(testDatabases)('sessions on %s', (database) => {
  let test: TestPanel;
  beforeAll(async () => {
    test = await testPanel({
      database,
      environment: { CATALYST_RATE_LIMITS: '{"signInFailuresPerAddress":100000}' },
    });
  });
  afterAll(() => test.close());

  it('signs in with the right password, in any case of the address, and knows who asks', async () => {
    const { token, user, expiresAt } = await test.anonymous.sessions.login({
      body: { email: ' Admin@Example.com', password },
    });
    expect(await test.clientFor(token).sessions.me()).toEqual(user);
    expect(user).toMatchObject({
      email: 'admin@example.com',
      name: 'admin',
      permissions: expect.arrayContaining(['*']),
    });
    expect(expiresAt.getTime() - Date.now()).toBeGreaterThan(23.9 * 3_600_000);
    expect(expiresAt.getTime() - Date.now()).toBeLessThanOrEqual(24 * 3_600_000);
  });

  it('keeps only a hash of the token', async () => {
    const { token } = await test.createUser('hashed');
    const rows = await test.panel.core.database.getRepository(SessionEntity).find();
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toContain(token);
  });

  it('sets a cookie that scripts cannot read, and takes it instead of the token', async () => {
    const answer = await login(test, { email: 'admin@example.com', password });
    const cookie = answer.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/^catalyst=[\w-]{43}; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Strict$/);
    const me = await ask(test, '/api/auth/me', { cookie: cookie.split(';')[0] });
    expect(me.body.name).toBe('admin');
    expect(me.headers.get('cache-control')).toBe('no-store');
  });

  it('ends the session at sign-out, in the browser too', async () => {
    const { token, api } = await test.createUser('leaving');
    const answer = await ask(test, '/api/auth/logout', { method: 'POST', token });
    expect(answer.status).toBe(204);
    expect(answer.headers.get('set-cookie')).toMatch(/^catalyst=; Path=\/; Expires=Thu, 01 Jan 1970/);
    await expect(api.sessions.me()).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('gives a new token at sign-in and ends the session the request came with', async () => {
    const { token: old } = await test.createUser('fixed');
    const chosen = 'A'.repeat(43);
    const first = await login(
      test,
      { email: 'fixed@example.com', password },
      { cookie: `catalyst=${chosen}` },
    );
    expect(first.body.token).not.toBe(chosen);
    expect((await ask(test, '/api/auth/me', { token: chosen })).status).toBe(401);
    const second = await login(test, { email: 'fixed@example.com', password }, { token: old });
    expect(second.status).toBe(200);
    expect((await ask(test, '/api/auth/me', { token: old })).status).toBe(401);
    expect((await ask(test, '/api/auth/me', { token: first.body.token })).status).toBe(200);
  });

  it('answers the same for a wrong password, an unknown account and a disabled one', async () => {
    const { userId } = await test.createUser('disabled');
    await test.panel.core.database
      .getRepository(UserEntity)
      .update({ id: userId }, { disabledAt: new Date() });
    const answers = await Promise.all([
      login(test, { email: 'admin@example.com', password: 'wrong' }),
      login(test, { email: 'nobody@example.com', password: 'wrong' }),
      login(test, { email: 'disabled@example.com', password }),
    ]);
    const [first] = answers;
    expect(first?.status).toBe(401);
    expect(first?.body.error.code).toBe('invalid_credentials');
    for (const { status, body } of answers) {
      expect(status).toBe(first?.status);
      expect({ ...body.error, requestId: '' }).toEqual({ ...first?.body.error, requestId: '' });
    }
  });

  it('forgets a revoked user at once, wherever it remembered him', async () => {
    const { userId, api } = await test.createUser('revoked');
    await api.sessions.me();
    await test.panel.core.sessions.revokeAllOf(userId, 'Disabled');
    await expect(api.sessions.me()).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('keeps sessions over a restart', async () => {
    await test.restart();
    expect((await test.admin.api.sessions.me()).name).toBe('admin');
  });

  it('refuses an expired session, remembered or not', async () => {
    const { userId, token } = await test.createUser('expired');
    const rows = test.panel.core.database.getRepository(SessionEntity);
    await rows.update({ userId }, { expiresAt: new Date(Date.now() - 1000) });
    await test.restart();
    expect((await ask(test, '/api/auth/me', { token })).status).toBe(401);
    const remembered = await test.createUser('expiring');
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 24 * 3_600_000 });
    try {
      expect((await ask(test, '/api/auth/me', { token: remembered.token })).status).toBe(401);
    } finally {
      vi.useRealTimers();
    }
  });

  it.each([
    ['a password of 1 MB', { email: 'admin@example.com', password: 'x'.repeat(1_000_000) }],
    ['an address of 100,000 characters', { email: `${'x'.repeat(100_000)}@example.com`, password }],
    ['NUL', { email: 'admin@example.com', password: 'a\0b' }],
    ['half a surrogate pair', '{"email":"admin@example.com","password":"\\ud800"}'],
    ['an array', { email: ['admin@example.com'], password: [password] }],
    ['an operator', { email: { $gt: '' }, password: { $gt: '' } }],
    ['a field too many', { email: 'admin@example.com', password, role: 'administrator' }],
  ])('refuses %s as credentials without hashing', async (_what, body) => {
    const hashing = vi.spyOn(test.panel.core.passwords, 'matches');
    const answer = await login(test, body);
    expect(answer.status).toBe(422);
    expect(answer.body.error.code).toBe('invalid_input');
    expect(hashing).not.toHaveBeenCalled();
    hashing.mockRestore();
  });

  it('takes another panel’s revocation within two seconds where there can be another panel', async () => {
    if (database === 'sqlite') return expect(test.panel.core.databaseKind).toBe('sqlite');
    const { userId, api } = await test.createUser('elsewhere');
    await api.sessions.me();
    await test.panel.core.database.getRepository(SessionEntity).delete({ userId });
    await vi.waitFor(() => expect(api.sessions.me()).rejects.toMatchObject({ code: 'unauthenticated' }), {
      timeout: 2500,
      interval: 100,
    });
  });
});
