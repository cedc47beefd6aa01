import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ask } from '../../testing/ask.ts';
import { codeOf } from '../../testing/code-of.ts';
import { FakeAgent } from '../../testing/fake-agent.ts';
import { medianDifference } from '../../testing/median-difference.ts';
import { type TestClient, type TestPanel, testDatabases, testPanel } from '../../testing/test-panel.ts';
import { roleWith } from '../../testing/test-people.ts';
import { runningServer } from '../../testing/test-servers.ts';
import { TestSocket } from '../../testing/test-socket.ts';
import { AuditEntryEntity } from '../audit/audit-entry.entity.ts';
import { ApiKeyEntity } from './api-key.entity.ts';

type NewKey = Parameters<TestClient['api']['apiKeys']['create']>[0]['body'];

describe.each(testDatabases)('API keys on %s', (database) => {
  let test: TestPanel;
  let agent: FakeAgent;
  let serverId: string;
  beforeAll(async () => {
    test = await testPanel({ database, environment: { CATALYST_TRUSTED_PROXIES: '127.0.0.9' } });
    agent = await FakeAgent.linked(test);
    serverId = (await runningServer(test.admin, agent)).id;
  });
  afterAll(async () => {
    agent?.disconnect();
    await test?.close();
  });

  const keyOf = async (owner: TestClient, more: Partial<NewKey> = {}) => {
    const made = await owner.api.apiKeys.create({ body: { name: 'a program', scopes: ['*'], ...more } });
    return { ...made, api: test.clientFor(made.key) };
  };
  const by = (headers: Record<string, string>, path = '/api/auth/me') => ask(test, path, { headers });

  it('are shown once, and kept as a hash', async () => {
    const { key, id, prefix } = await keyOf(test.admin);
    expect(key).toMatch(/^catalyst_[A-Za-z0-9_-]{43}$/);
    expect(key.startsWith(prefix)).toBe(true);
    const { items } = await test.admin.api.apiKeys.list({ query: { limit: 100 } });
    expect(items.find((one) => one.id === id)).toMatchObject({ prefix, owner: { id: test.admin.userId } });
    const { database: source } = test.panel.core;
    const kept = [
      items,
      await source.getRepository(ApiKeyEntity).find(),
      await source.getRepository(AuditEntryEntity).find(),
    ];
    expect(JSON.stringify(kept)).not.toContain(key);
    expect(test.logText()).not.toContain(key);
  });

  it('let programs in as x-api-key and as a bearer token, and nobody with a wrong one', async () => {
    const { key } = await keyOf(test.admin);
    expect((await by({ 'x-api-key': key })).status).toBe(200);
    expect((await by({ authorization: `Bearer ${key}` })).status).toBe(200);
    const wrong = [
      key.slice(0, -1),
      `${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`,
      key.slice(9),
      'x',
    ];
    for (const one of wrong) {
      expect((await by({ 'x-api-key': one })).status).toBe(401);
      expect((await by({ authorization: `Bearer ${one}` })).status).toBe(401);
    }
    // A wrong key is not made good by a session that comes with it.
    const both = { 'x-api-key': 'wrong', authorization: `Bearer ${test.admin.token}` };
    expect((await by(both)).status).toBe(401);
  });

  it('are told apart as wholes: nothing says how much of one is right', { timeout: 60_000 }, async () => {
    const { key, prefix } = await keyOf(test.admin);
    const another = (letter: string) => (letter === 'A' ? 'B' : 'A');
    const near = Array.from({ length: key.length - 9 }, (_, index) => {
      const at = 9 + index;
      return key.slice(0, at) + another(key.charAt(at)) + key.slice(at + 1);
    });
    const far = `catalyst_${'x'.repeat(43)}`;
    const swapped = key.replace(/[a-z]/i, (letter) =>
      letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
    );
    const strangers = [...near, swapped, prefix, prefix.padEnd(52, 'x'), `${key},${key}`, far];
    const answers = new Set<string>();
    for (const wrong of strangers) {
      const doors: Record<string, string>[] = [{ 'x-api-key': wrong }, { authorization: `Bearer ${wrong}` }];
      for (const headers of doors) {
        const { status, body } = await by(headers);
        answers.add(JSON.stringify([status, { ...body.error, requestId: '' }]));
      }
    }
    expect([...answers]).toEqual([expect.stringContaining('401')]);
    const nearest = near.at(-1) as string;
    const difference = await medianDifference(
      () => by({ 'x-api-key': nearest }),
      () => by({ 'x-api-key': far }),
      1,
    );
    expect(difference).toBeLessThan(1);
  });

  it('do what is in their scopes and their owner may do at that moment', async () => {
    const owner = await test.createUser('owner', await roleWith(test, ['server.read', 'node.read']));
    const { api } = await keyOf(owner, { scopes: ['server.*', 'settings.write'] });
    const params = { id: serverId };
    expect(await codeOf(api.servers.get({ params }))).toBe('ok');
    expect(await codeOf(api.servers.stop({ params }))).toBe('forbidden');
    expect(await codeOf(api.nodes.list())).toBe('forbidden');
    expect((await api.sessions.me()).permissions).toEqual(['server.read']);
    const roleId = (await test.admin.api.users.get({ params: { id: owner.userId } })).role.id;
    await test.admin.api.roles.update({ params: { id: roleId }, body: { permissions: ['node.read'] } });
    expect(await codeOf(api.servers.get({ params }))).toBe('not_found');
    expect((await api.servers.list()).items).toEqual([]);
  });

  it('of somebody with everything see only what their scopes allow', async () => {
    const { api } = await keyOf(test.admin, { scopes: ['console.read'] });
    expect((await api.servers.list()).items).toEqual([]);
    expect(await codeOf(api.servers.get({ params: { id: serverId } }))).toBe('not_found');
    expect(await codeOf(api.console.logs({ params: { id: serverId } }))).toBe('ok');
    expect(await codeOf(api.servers.start({ params: { id: serverId } }))).toBe('not_found');
    const reader = await keyOf(test.admin, { scopes: ['server.read'] });
    expect((await reader.api.servers.list()).items).toHaveLength(1);
    expect(await codeOf(reader.api.servers.start({ params: { id: serverId } }))).toBe('forbidden');
  });

  it('make no keys, widen none, and change no password', async () => {
    const { api, id } = await keyOf(test.admin);
    const body: NewKey = { name: 'another', scopes: ['*'] };
    const params = { id };
    const refused = [
      api.apiKeys.create({ body }),
      api.adminApiKeys.create({ body }),
      api.apiKeys.list(),
      api.apiKeys.update({ params, body: { expiresAt: null } }),
      api.adminApiKeys.update({ params, body: { scopes: ['*'] } }),
      api.users.setPassword({ params: { id: test.user.userId }, body: { password: 'a brand new one' } }),
      api.sessions.logout(),
      api.subusers.transferOwnership({ params: { id: serverId }, body: { userId: test.user.userId } }),
    ];
    expect(await Promise.all(refused.map(codeOf))).toEqual(refused.map(() => 'forbidden'));
    expect(await codeOf(api.users.list())).toBe('ok');
  });

  it('end when they expire, are revoked, or their owner is locked out', async () => {
    const expiresAt = (ms: number) => new Date(Date.now() + ms).toISOString();
    expect(await codeOf(keyOf(test.admin, { expiresAt: expiresAt(-1) }))).toBe('invalid_input');
    const short = await keyOf(test.admin, { expiresAt: expiresAt(700) });
    expect(await codeOf(short.api.sessions.me())).toBe('ok');
    await vi.waitFor(async () => expect(await codeOf(short.api.sessions.me())).toBe('unauthenticated'), 3000);
    const owner = await test.createUser('leaver', 'administrator');
    const [one, two] = [await keyOf(owner), await keyOf(owner)];
    expect(await codeOf(one.api.sessions.me())).toBe('ok');
    await owner.api.apiKeys.revoke({ params: { id: one.id } });
    expect(await codeOf(one.api.sessions.me())).toBe('unauthenticated');
    expect(await codeOf(two.api.sessions.me())).toBe('ok');
    const foreign = { params: { id: two.id } };
    expect(await codeOf(test.user.api.apiKeys.revoke(foreign))).toBe('not_found');
    await test.admin.api.users.disable({ params: { id: owner.userId } });
    expect(await codeOf(two.api.sessions.me())).toBe('unauthenticated');
    await test.admin.api.users.enable({ params: { id: owner.userId } });
    expect(await codeOf(two.api.sessions.me())).toBe('ok');
    await test.admin.api.adminApiKeys.revoke(foreign);
    expect(await codeOf(two.api.sessions.me())).toBe('unauthenticated');
  });

  it('are used from allowed addresses only, whatever a header says', async () => {
    const { key } = await keyOf(test.admin, { allowedAddresses: ['203.0.113.0/24', '2001:db8::/32'] });
    expect((await by({ 'x-api-key': key })).body.error.code).toBe('forbidden');
    expect((await by({ 'x-api-key': key, 'x-forwarded-for': '203.0.113.5' })).status).toBe(403);
    const here = await keyOf(test.admin, { allowedAddresses: ['127.0.0.1'] });
    expect((await by({ 'x-api-key': here.key })).status).toBe(200);
    expect(await codeOf(TestSocket.connected(test.url, key))).toBe('forbidden');
    const strange = ['127.0.0.1/33', '999.1.1.1', 'localhost', '127.0.0.1/8/8'];
    for (const one of strange) {
      expect(await codeOf(keyOf(test.admin, { allowedAddresses: [one] }))).toBe('invalid_input');
    }
  });

  it('have a rate of their own', async () => {
    const { key } = await keyOf(test.admin, { requestsPerMinute: 5 });
    const other = await keyOf(test.admin);
    // Who it is, is found out with the first.
    expect((await by({ 'x-api-key': key })).status).toBe(200);
    for (let count = 0; count < 5; count += 1) await by({ 'x-api-key': key });
    const refused = await by({ 'x-api-key': key });
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await by({ 'x-api-key': other.key })).status).toBe(200);
  });

  it('say when and from where they were last used', async () => {
    const { key, id } = await keyOf(test.admin);
    await by({ 'x-api-key': key });
    await vi.waitFor(async () => {
      const { items } = await test.admin.api.adminApiKeys.list({ query: { limit: 100 } });
      const used = items.find((one) => one.id === id);
      expect(used).toMatchObject({ lastUsedAt: expect.any(Date), lastUsedIp: '127.0.0.1' });
    });
  });

  it('are named in the audit log, with their owner', async () => {
    const { api, id } = await keyOf(test.admin, { name: 'billing' });
    await api.servers.update({ params: { id: serverId }, body: { description: 'by a program' } });
    const [entry] = await test.panel.core.database
      .getRepository(AuditEntryEntity)
      .find({ where: { action: 'server.update' }, order: { seq: 'DESC' }, take: 1 });
    expect(entry).toMatchObject({ actorKind: 'key', actorName: 'admin', keyId: id, keyName: 'billing' });
  });

  it('are not more than a person can look after, however many are made at once', async () => {
    const owner = await test.createUser('collector');
    const tries = Array.from({ length: 60 }, () => codeOf(keyOf(owner)));
    const outcomes = await Promise.all(tries);
    expect(outcomes.filter((outcome) => outcome === 'ok')).toHaveLength(50);
    expect(new Set(outcomes)).toEqual(new Set(['ok', 'limit_reached']));
  });

  it('of others are changed by those only who hold as much', async () => {
    const { id } = await keyOf(test.admin);
    const clerk = await test.createUser('clerk', await roleWith(test, ['apikey.*']));
    const params = { id };
    const { adminApiKeys } = clerk.api;
    expect(await codeOf(adminApiKeys.update({ params, body: { scopes: ['*'] } }))).toBe('forbidden');
    expect(await codeOf(adminApiKeys.revoke({ params }))).toBe('forbidden');
    expect(await codeOf(adminApiKeys.list())).toBe('ok');
  });

  it('work on sockets, which end with them and follow their scopes', async () => {
    const { key, id } = await keyOf(test.admin, { scopes: ['server.read', 'console.read'] });
    const socket = await TestSocket.connected(test.url, key);
    const revoked = socket.collect('revoked');
    const updates = socket.collect('server_update');
    await socket.call('console:subscribe', { serverId });
    expect(await codeOf(socket.call('server_control', { serverId, action: 'stop' }))).toBe('forbidden');
    await test.admin.api.servers.update({ params: { id: serverId }, body: { description: 'heard' } });
    await vi.waitFor(() => expect(updates.length).toBeGreaterThan(0));
    await test.admin.api.apiKeys.update({ params: { id }, body: { scopes: ['node.read'] } });
    await vi.waitFor(() => expect(revoked).toEqual([{ serverId, reason: expect.any(String) }]));
    const heard = updates.length;
    await test.admin.api.servers.update({ params: { id: serverId }, body: { description: 'unheard' } });
    expect(await codeOf(socket.call('console:subscribe', { serverId }))).toBe('not_found');
    expect(updates).toHaveLength(heard);
    await test.admin.api.apiKeys.revoke({ params: { id } });
    await vi.waitFor(() => expect(socket.socket.connected).toBe(false));
    expect(revoked.at(-1)).toEqual({ reason: expect.any(String) });
  });
});
