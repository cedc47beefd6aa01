import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { codeOf } from '../testing/code-of.ts';
import { FakeAgent } from '../testing/fake-agent.ts';
import { type TestClient, type TestPanel, testDatabases, testPanel } from '../testing/test-panel.ts';
import { roleWith } from '../testing/test-people.ts';
import { installedServer } from '../testing/test-servers.ts';
import { TestSocket } from '../testing/test-socket.ts';

/** A second panel on the first one's database: what it remembers is its own. */
describe.runIf(testDatabases.includes('postgres'))('two panels on one Postgres (skipped without it)', () => {
  let one: TestPanel;
  let other: TestPanel;
  let agent: FakeAgent;
  let serverId: string;
  beforeAll(async () => {
    one = await testPanel({ database: 'postgres' });
    agent = await FakeAgent.linked(one);
    serverId = (await installedServer(one.admin, agent)).id;
    other = await testPanel({
      withoutAdmin: true,
      environment: {
        CATALYST_DATABASE_URL: one.config.databaseUrl as string,
        // It has keys of its own, as one that was lost and made anew.
        CATALYST_ACCEPT_DATA_LOSS: '1',
      },
    });
  }, 60_000);
  afterAll(async () => {
    agent?.disconnect();
    await other?.close();
    await one?.close();
  });

  const soon = (expectation: () => Promise<void> | void) =>
    vi.waitFor(expectation, { timeout: 2000, interval: 50 });
  const params = () => ({ id: serverId });

  it('what one takes away is gone at the other within two seconds, over HTTP and sockets', async () => {
    const guest = await one.createUser('guest');
    const { token } = await one.admin.api.subusers.invite({
      params: params(),
      body: { permissions: ['console.read'] },
    });
    await guest.api.subusers.acceptInvite({ params: { token } });
    const there = other.clientFor(guest.token);
    await soon(async () => expect(await codeOf(there.servers.get({ params: params() }))).toBe('ok'));
    const socket = await TestSocket.connected(other.url, guest.token);
    const revoked = socket.collect('revoked');
    await one.admin.api.subusers.remove({ params: { id: serverId, userId: guest.userId } });
    await soon(() => expect(revoked).toEqual([{ serverId, reason: expect.any(String) }]));
    expect(await codeOf(there.servers.get({ params: params() }))).toBe('not_found');
    expect((await there.servers.list()).items).toEqual([]);
    socket.close();
  });

  it('so with roles, keys, owners and accounts', async () => {
    const person = await one.createUser('person', await roleWith(one, ['server.read']));
    const { key, id } = await person.api.apiKeys.create({ body: { name: 'key', scopes: ['*'] } });
    const there = { person: other.clientFor(person.token), key: other.clientFor(key) };
    const seen = async () => [
      await codeOf(there.person.servers.get({ params: params() })),
      await codeOf(there.key.servers.get({ params: params() })),
    ];
    await soon(async () => expect(await seen()).toEqual(['ok', 'ok']));
    await one.admin.api.users.update({
      params: { id: person.userId },
      body: { roleId: (await one.admin.api.users.get({ params: { id: one.user.userId } })).role.id },
    });
    await soon(async () => expect(await seen()).toEqual(['not_found', 'not_found']));
    await one.admin.api.subusers.transferOwnership({ params: params(), body: { userId: person.userId } });
    await soon(async () => expect(await seen()).toEqual(['ok', 'ok']));
    const socket = await TestSocket.connected(other.url, key);
    await person.api.apiKeys.revoke({ params: { id } });
    await soon(() => expect(socket.socket.connected).toBe(false));
    expect(await seen()).toEqual(['ok', 'unauthenticated']);
    const browser = await TestSocket.connected(other.url, person.token);
    await one.admin.api.users.disable({ params: { id: person.userId } });
    await soon(() => expect(browser.socket.connected).toBe(false));
    expect(await seen()).toEqual(['unauthenticated', 'unauthenticated']);
  });

  it('a server that one suspends is suspended at the other within two seconds, and given back there too', async () => {
    const change = () => codeOf(other.clientFor(owner.token).servers.update({ params: params(), body: {} }));
    const owner = await one.createUser('suspended-owner');
    await one.admin.api.subusers.transferOwnership({ params: params(), body: { userId: owner.userId } });
    await soon(async () => expect(await change()).toBe('ok'));
    await one.admin.api.servers.suspend({ params: params(), body: {} });
    await soon(async () => expect(await change()).toBe('suspended'));
    await one.admin.api.servers.unsuspend({ params: params() });
    await soon(async () => expect(await change()).toBe('ok'));
  });

  it('a host name that one gives a pool of ports, or a node, is in the list of the other too', async () => {
    const { admin } = one;
    const { primaryPort } = await admin.api.servers.get({ params: params() });
    const node = { id: agent.nodeId };
    const ports = String(primaryPort);
    const { items } = await admin.api.portPools.create({
      params: node,
      body: { ports, alias: 'old.example' },
    });
    const there = other.clientFor(admin.token);
    const toldThere = async () =>
      (await there.servers.list()).items.find(({ id }) => id === serverId)?.address;
    await soon(async () => expect(await toldThere()).toContain('old.example'));
    const pool = { ...node, poolId: items[0]?.id as string };
    await admin.api.portPools.update({ params: pool, body: { alias: 'new.example' } });
    await soon(async () => expect(await toldThere()).toContain('new.example'));
    await admin.api.portPools.delete({ params: pool });
    await admin.api.nodes.update({ params: node, body: { publicAddress: 'node.example', name: 'renamed' } });
    await soon(async () => expect(await toldThere()).toContain('node.example'));
    await soon(async () => expect((await there.nodes.get({ params: node })).name).toBe('renamed'));
  });

  it('a limit is one for both, and what works once works at one of them', async () => {
    const owner = await one.createUser('owner', 'administrator');
    const at = [owner.api, other.clientFor(owner.token)];
    const both = <T>(count: number, ask: (api: TestClient['api'], index: number) => Promise<T>) =>
      Promise.all(
        Array.from({ length: count }, (_, index) => codeOf(ask(at[index % 2] as TestClient['api'], index))),
      );
    const countOf = (outcomes: string[], outcome: string) => outcomes.filter((one) => one === outcome).length;
    await soon(async () => expect(await both(2, (api) => api.sessions.me())).toEqual(['ok', 'ok']));
    const keys = await both(60, (api) => api.apiKeys.create({ body: { name: 'key', scopes: ['*'] } }));
    expect([countOf(keys, 'ok'), countOf(keys, 'limit_reached')]).toEqual([50, 10]);
    const body = { permissions: ['console.read' as const] };
    const invites = await both(60, (api) => api.subusers.invite({ params: params(), body }));
    expect([countOf(invites, 'ok'), countOf(invites, 'limit_reached')]).toEqual([50, 10]);
    const { link } = await owner.api.accounts.invite({ body: {} });
    const invitation = link.url.split('#').at(-1) as string;
    const doors = [one.anonymous, other.anonymous];
    const arrivals = await Promise.all(
      Array.from({ length: 10 }, (_, index) => {
        const name = `arrival-${index}`;
        const wish = { email: `${name}@example.com`, name, password: 'seven grey herons wade', invitation };
        return codeOf((doors[index % 2] as TestPanel['anonymous']).accounts.register({ body: wish }));
      }),
    );
    expect(countOf(arrivals, 'ok')).toBe(1);
  });
});
