import { callUrl } from '@catalyst/shared/contract/client';
import { imageRoutes } from '@catalyst/shared/features/images';
import { v7 as uuid } from 'uuid';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { totpCode, totpStep } from './features/factors/totp.ts';
import { IdentityEntity } from './features/oidc/identity.entity.ts';
import { SessionEntity } from './features/sessions/session.entity.ts';
import { ask } from './testing/ask.ts';
import { codeOf } from './testing/code-of.ts';
import { FakeAgent } from './testing/fake-agent.ts';
import { fromBase32 } from './testing/from-base32.ts';
import { startMailServer, type TestMailServer, tokenIn } from './testing/test-mail.ts';
import { password, type TestClient, type TestPanel, testDatabases, testPanel } from './testing/test-panel.ts';
import { TestPasskey } from './testing/test-passkey.ts';
import { roleWith } from './testing/test-people.ts';
import { runningServer, serverThat } from './testing/test-servers.ts';
import { TestSocket } from './testing/test-socket.ts';

// Every way in which somebody is put out, at every door he had open or could still go through.

const origin = 'https://panel.example.com';
const fromOrigin = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'panel.example.com', origin };
const another = 'seven grey herons wade';
const environment = {
  CATALYST_TRUSTED_PROXIES: '127.0.0.1',
  CATALYST_RATE_LIMITS: JSON.stringify({
    ...{ anonymous: 100_000, signedIn: 1_000_000, sockets: 100_000, tickets: 100_000 },
    ...{
      accountRequestsPerAddress: 100_000,
      signInFailuresPerAccount: 100_000,
      signInFailuresPerAddress: 100_000,
    },
  }),
};

interface Person {
  /** The session that is to end. */
  victim: TestClient;
  /** Of the same person, elsewhere. */
  other: TestClient;
}

/** What becomes of the account besides the session: nothing, its other sessions as well, or it is no more. */
type Extent = 'one' | 'others' | 'all' | 'account';

describe.each(testDatabases)('signed out on %s', (database) => {
  let test: TestPanel;
  let agent: FakeAgent;
  let mail: TestMailServer;
  let flowing: string;
  let awaited: string;
  let people = 0;
  /** Of downloads and uploads that the agent has not come for. */
  const tickets: string[] = [];

  beforeAll(async () => {
    test = await testPanel({ database, environment });
    agent = await FakeAgent.linked(test);
    flowing = (await runningServer(test.admin, agent)).id;
    awaited = (await runningServer(test.admin, agent)).id;
    mail = await startMailServer();
    await test.admin.api.mail.set({ body: mail.settings });
    agent.answer('console:export', ({ serverId, ticket }) => {
      if (serverId === awaited) tickets.push(ticket);
      else void endlessly(`${test.url}/api/data/${ticket}`).catch(() => {});
      return {};
    });
    const importing = agent.images.answers['images:import'];
    agent.answer('images:import', (input) => {
      if (input.reference !== 'awaited:1') return importing(input);
      tickets.push(input.ticket);
      const { pullId: id, reference } = input;
      const begun = { status: 'running', text: '', doneBytes: 0, totalBytes: null, error: null } as const;
      return { pull: { id, kind: 'import', reference, ...begun } };
    });
  }, 60_000);
  afterAll(async () => {
    agent?.disconnect();
    await test?.close();
    await mail?.close();
  });

  async function someone(): Promise<Person> {
    const name = `person-${++people}`;
    const victim = await test.createUser(name, 'administrator');
    return { victim, other: { ...victim, ...(await signIn(name)) } };
  }
  async function signIn(name: string) {
    const { token } = await test.anonymous.sessions.login({
      body: { email: `${name}@example.com`, password },
    });
    return { token, api: test.clientFor(token) };
  }
  const params = ({ userId: id }: TestClient) => ({ id });

  async function withCodes({ api }: TestClient) {
    const { secret } = await api.factors.beginTotp();
    const code = totpCode(fromBase32(secret), totpStep(Date.now()));
    await api.factors.confirmTotp({ body: { code } });
  }
  async function withPasskey({ token }: TestClient): Promise<string> {
    const send = (path: string, body: object = {}) => ask(test, path, { token, headers: fromOrigin, body });
    const options = await ask(test, '/api/auth/passkeys/options', {
      ...{ method: 'POST', token, headers: fromOrigin },
    });
    const answer = new TestPasskey().create(options.body, origin);
    const made = await send('/api/auth/passkeys', { ...answer, name: 'A key' });
    expect(made.status, made.text).toBe(201);
    return made.body.id;
  }
  async function withIdentity({ userId }: TestClient): Promise<string> {
    const { id: providerId } = await test.admin.api.oidc.create({
      body: { name: uuid(), issuer: 'http://127.0.0.1:9/', clientId: 'catalyst' },
    });
    const id = uuid();
    const row = { id, providerId, userId, subject: id, label: 'elsewhere', createdAt: new Date() };
    await test.panel.core.database.getRepository(IdentityEntity).insert({ ...row, lastUsedAt: null });
    return id;
  }

  /** What comes before, and then the end itself. */
  const ways: [string, Extent, (person: Person) => Promise<() => Promise<unknown>>][] = [
    [
      'by signing out',
      'one',
      async ({ victim }) =>
        () =>
          victim.api.sessions.logout(),
    ],
    [
      'from another session',
      'one',
      async ({ victim, other }) => {
        const { items } = await victim.api.sessions.list();
        const id = items.find(({ isCurrent }) => isCurrent)?.id as string;
        return () => other.api.sessions.end({ params: { id } });
      },
    ],
    [
      'from everywhere else',
      'others',
      async ({ other }) =>
        () =>
          other.api.sessions.endOthers(),
    ],
    [
      'by another password',
      'others',
      async ({ other }) =>
        () =>
          other.api.accounts.changePassword({ body: { currentPassword: password, password: another } }),
    ],
    [
      'by another password from an administrator',
      'all',
      async ({ victim }) =>
        () =>
          test.admin.api.users.setPassword({ params: params(victim), body: { password: another } }),
    ],
    [
      'by another password through a link',
      'all',
      async ({ victim }) => {
        const { url } = await test.admin.api.accounts.makeResetLink({ params: params(victim) });
        const token = url.split('#').at(-1) as string;
        return () => test.anonymous.accounts.reset({ body: { token, password: another } });
      },
    ],
    [
      'by codes of an app',
      'others',
      async ({ other }) =>
        () =>
          withCodes(other),
    ],
    [
      'by no codes of an app any more',
      'others',
      async (person) => {
        await withCodes(person.victim);
        Object.assign(person, { other: await sessionOf(person.victim) });
        return () => person.other.api.factors.removeTotp();
      },
    ],
    [
      'by new recovery codes',
      'others',
      async (person) => {
        await withCodes(person.victim);
        Object.assign(person, { other: await sessionOf(person.victim) });
        return () => person.other.api.factors.renewRecoveryCodes();
      },
    ],
    [
      'by a passkey',
      'others',
      async ({ other }) =>
        () =>
          withPasskey(other),
    ],
    [
      'by a passkey that is removed',
      'others',
      async (person) => {
        const id = await withPasskey(person.victim);
        Object.assign(person, { other: await sessionOf(person.victim) });
        return () => person.other.api.factors.removePasskey({ params: { id } });
      },
    ],
    [
      'by an account elsewhere that is unlinked',
      'others',
      async ({ victim, other }) => {
        const id = await withIdentity(victim);
        return () => other.api.oidc.unlink({ params: { id } });
      },
    ],
    [
      'by an administrator',
      'all',
      async ({ victim }) =>
        () =>
          test.admin.api.users.signOut({ params: params(victim) }),
    ],
    [
      'as the account is disabled',
      'account',
      async ({ victim }) =>
        () =>
          test.admin.api.users.disable({ params: params(victim) }),
    ],
    [
      'as the account is deleted',
      'account',
      async ({ victim }) =>
        () =>
          test.admin.api.users.delete({ params: params(victim) }),
    ],
  ];

  async function sessionOf({ userId }: TestClient): Promise<TestClient> {
    const { users, sessions } = test.panel.core;
    const owner = await users.find(userId);
    if (!owner) throw new Error('There is no such user');
    const { token } = await sessions.create(owner, { ip: '127.0.0.1', userAgent: 'test' });
    return { userId, token, api: test.clientFor(token) };
  }

  it.each(ways)(
    '%s: nothing is open two seconds later',
    { timeout: 30_000 },
    async (_way, extent, prepare) => {
      const person = await someone();
      const end = await prepare(person);
      const { victim, other } = person;
      const { key } = await victim.api.apiKeys.create({ body: { name: 'program', scopes: ['*'] } });
      const program = test.clientFor(key);
      await program.sessions.me();

      const socket = await TestSocket.connected(test.url, victim.token);
      const revoked = socket.collect('revoked');
      await socket.call('console:subscribe', { serverId: flowing });
      const keySocket = await TestSocket.connected(test.url, key);

      const open: Record<string, Promise<unknown>> = {};
      const download = await victim.api.console.download({ params: { id: flowing } });
      open.download = outcome(download.text());
      tickets.length = 0;
      open['a download that has not begun'] = outcome(
        victim.api.console.download({ params: { id: awaited } }),
      );
      open['an upload'] = outcome(upload(victim, 'flowing:1'));
      open['an upload that has not begun'] = outcome(upload(victim, 'awaited:1'));
      open['the answer of a game'] = outcome(
        victim.api.console.command({ params: { id: flowing }, body: { command: 'list', waitMs: 20_000 } }),
      );
      const address = `changed-${people}@example.com`;
      await victim.api.accounts.changeEmail({ body: { email: address } });
      await vi.waitFor(() => expect(mail.mailsTo(address)).toHaveLength(1), { timeout: 10_000 });
      const letter = tokenIn(mail.mailsTo(address)[0]);
      await vi.waitFor(() => {
        expect(tickets).toHaveLength(2);
        expect(agent.server(flowing).isWatched).toBe(true);
        expect(agent.images.pulls.size).toBeGreaterThan(0);
      });

      await end();
      const closed = new Map<string, unknown>();
      for (const [what, promise] of Object.entries(open)) void promise.then((how) => closed.set(what, how));
      await vi.waitFor(
        async () => {
          expect(await codeOf(victim.api.sessions.me())).toBe('unauthenticated');
          expect([...closed.keys()].sort()).toEqual(Object.keys(open).sort());
          expect(socket.socket.connected).toBe(false);
        },
        { timeout: 2000, interval: 50 },
      );
      for (const ticket of tickets) expect(await redeem(ticket)).toEqual([404, 404]);
      expect([...closed.values()]).not.toContain('ok');
      expect(revoked.at(-1)).toEqual({ reason: expect.any(String) });
      expect((await ask(test, '/api/auth/me', { cookie: `catalyst=${victim.token}` })).status).toBe(401);
      expect(await codeOf(TestSocket.connected(test.url, victim.token))).toBe('unauthenticated');
      expect((await ask(test, '/api/auth/verify', { body: { token: letter } })).status).toBe(401);
      expect(agent.images.images.size).toBe(0);

      expect(await codeOf(other.api.sessions.me())).toBe(
        extent === 'one' || extent === 'others' ? 'ok' : 'unauthenticated',
      );
      // Programs have keys of their own, which end with the account.
      expect(await codeOf(program.sessions.me())).toBe(extent === 'account' ? 'unauthenticated' : 'ok');
      if (extent === 'account') {
        expect(keySocket.socket.connected).toBe(false);
        expect(await codeOf(TestSocket.connected(test.url, key))).toBe('unauthenticated');
      }
      for (const one of [socket, keySocket]) one.close();
    },
  );

  const beyondOne = ways.filter(([, extent]) => extent !== 'one');

  it.each(beyondOne)('%s: a sign-in that had begun opens nothing', async (_way, extent, prepare) => {
    const person = await someone();
    const end = await prepare(person);
    const { userId } = person.victim;
    const { database: source, passwords } = test.panel.core;
    const compared = vi.spyOn(passwords, 'matches');
    const body = { email: `person-${people}@example.com`, password };
    const signIns = Array.from({ length: 4 }, () => ask(test, '/api/auth/login', { body }));
    // The account has been looked at by then.
    await vi.waitFor(() => expect(compared).toHaveBeenCalledTimes(4), { timeout: 5000, interval: 1 });
    compared.mockRestore();
    await end();
    for (const { status, body } of await Promise.all(signIns)) {
      expect([200, 401]).toContain(status);
      if (status === 200) expect((await ask(test, '/api/auth/me', { token: body.token })).status).toBe(401);
    }
    const left = await source.getRepository(SessionEntity).countBy({ userId });
    expect(left).toBe(extent === 'others' ? 1 : 0);
  });

  it('while it is looked up who that is: it is not remembered', async () => {
    const { victim, other } = await someone();
    const { key, id } = await other.api.apiKeys.create({ body: { name: 'program', scopes: ['*'] } });
    const { items } = await victim.api.sessions.list();
    const sessionId = items.find(({ isCurrent }) => isCurrent)?.id as string;
    const { revocations, users } = test.panel.core;
    const lookUp = users.lookUp.bind(users);
    const ends: [string, string, () => Promise<unknown>][] = [
      [victim.token, sessionId, () => other.api.sessions.endOthers()],
      [key, id, () => other.api.apiKeys.revoke({ params: { id } })],
    ];
    for (const [token, forgotten, end] of ends) {
      const me = async () => (await ask(test, '/api/auth/me', { token })).status;
      expect(await me()).toBe(200);
      await other.api.sessions.me();
      // Forgotten as by a restart, so that the next request asks the database.
      revocations.receive({ kind: 'session', sessionId: forgotten, reason: 'Looked at again' });
      const slow = vi.spyOn(users, 'lookUp').mockImplementationOnce(async (...asked) => {
        await end();
        return lookUp(...asked);
      });
      expect(await me()).toBe(401);
      expect(await me()).toBe(401);
      slow.mockRestore();
    }
  });

  function upload({ token }: TestClient, reference: string): Promise<Response> {
    const path = callUrl(imageRoutes.import, { params: { id: agent.nodeId }, query: { reference } });
    return endlessly(test.url + path, { authorization: `Bearer ${token}` });
  }

  /** The statuses at both doors of the agents. */
  async function redeem(ticket: string): Promise<number[]> {
    const url = `${test.url}/api/data/${ticket}`;
    const doors = [fetch(url), fetch(url, { method: 'POST', body: 'x' })];
    return (await Promise.all(doors)).map(({ status }) => status);
  }
});

describe.each(testDatabases)('a right that ends on %s', (database) => {
  let test: TestPanel;
  let agent: FakeAgent;
  let elsewhere: FakeAgent;
  let people = 0;

  beforeAll(async () => {
    test = await testPanel({ database, environment });
    [agent, elsewhere] = [await FakeAgent.linked(test, 'here'), await FakeAgent.linked(test, 'elsewhere')];
    agent.answer('console:export', ({ ticket }) => {
      void endlessly(`${test.url}/api/data/${ticket}`).catch(() => {});
      return {};
    });
  }, 60_000);
  afterAll(async () => {
    for (const one of [agent, elsewhere]) one?.disconnect();
    await test?.close();
  });

  /** Who has it, by what token, and how it is taken away. */
  interface Held {
    token: string;
    end: () => Promise<unknown>;
    /** What is left: nothing of the server, the server but not its console, or nothing of anything. */
    left?: 'not_found' | 'forbidden' | 'unauthenticated';
  }

  const roleOf = async ({ userId: id }: TestClient) =>
    (await test.admin.api.users.get({ params: { id } })).role.id;
  const person = async (held: Parameters<typeof roleWith>[1] = [], nodeIds: string[] | null = null) =>
    test.createUser(`holder-${++people}`, await roleWith(test, held, nodeIds));
  async function guest(id: string): Promise<TestClient> {
    const client = await person();
    const { token } = await test.admin.api.subusers.invite({
      params: { id },
      body: { permissions: ['console.read', 'console.write'] },
    });
    await client.api.subusers.acceptInvite({ params: { token } });
    return client;
  }
  async function owner(id: string): Promise<TestClient> {
    const client = await person();
    await test.admin.api.subusers.transferOwnership({ params: { id }, body: { userId: client.userId } });
    return client;
  }
  const consoleRights = ['server.read', 'console.read', 'console.write'] as const;

  const ways: [string, (id: string) => Promise<Held>][] = [
    [
      'with another role',
      async () => {
        const client = await person(consoleRights);
        const roleId = await roleOf(await person());
        const params = { id: client.userId };
        return { ...client, end: () => test.admin.api.users.update({ params, body: { roleId } }) };
      },
    ],
    [
      'with what the role permits',
      async () => {
        const client = await person(consoleRights);
        const params = { id: await roleOf(client) };
        const body = { permissions: ['server.read' as const] };
        return { ...client, end: () => test.admin.api.roles.update({ params, body }), left: 'forbidden' };
      },
    ],
    [
      'with the nodes the role is for',
      async () => {
        const client = await person(['*'], [agent.nodeId]);
        const params = { id: await roleOf(client) };
        const body = { nodeIds: [elsewhere.nodeId] };
        return { ...client, end: () => test.admin.api.roles.update({ params, body }) };
      },
    ],
    [
      'with what was given on the server',
      async (id) => {
        const client = await guest(id);
        const params = { id, userId: client.userId };
        const body = { permissions: ['server.read' as const] };
        return { ...client, end: () => test.admin.api.subusers.update({ params, body }), left: 'forbidden' };
      },
    ],
    [
      'with the share',
      async (id) => {
        const client = await guest(id);
        const params = { id, userId: client.userId };
        return { ...client, end: () => test.admin.api.subusers.remove({ params }) };
      },
    ],
    [
      'when somebody leaves',
      async (id) => {
        const client = await guest(id);
        return { ...client, end: () => client.api.subusers.leave({ params: { id } }) };
      },
    ],
    [
      'with ownership',
      async (id) => {
        const client = await owner(id);
        const body = { userId: test.user.userId };
        return { ...client, end: () => test.admin.api.subusers.transferOwnership({ params: { id }, body }) };
      },
    ],
    [
      'with ownership, for a key of the owner',
      async (id) => {
        const client = await owner(id);
        const { key } = await client.api.apiKeys.create({ body: { name: 'program', scopes: ['*'] } });
        const body = { userId: test.user.userId };
        const end = () => test.admin.api.subusers.transferOwnership({ params: { id }, body });
        return { token: key, end };
      },
    ],
    [
      'with the account of the owner',
      async (id) => {
        const client = await owner(id);
        const query = { transferServersTo: test.user.userId };
        const end = () => test.admin.api.users.delete({ params: { id: client.userId }, query });
        return { ...client, end, left: 'unauthenticated' };
      },
    ],
    [
      'with the scopes of a key',
      async () => {
        const client = await person(consoleRights);
        const { key, id } = await client.api.apiKeys.create({ body: { name: 'program', scopes: ['*'] } });
        const body = { scopes: ['server.read' as const] };
        const end = () => client.api.apiKeys.update({ params: { id }, body });
        return { token: key, end, left: 'forbidden' };
      },
    ],
    [
      'with the key',
      async () => {
        const client = await person(consoleRights);
        const { key, id } = await client.api.apiKeys.create({ body: { name: 'program', scopes: ['*'] } });
        const end = () => client.api.apiKeys.revoke({ params: { id } });
        return { token: key, end, left: 'unauthenticated' };
      },
    ],
    [
      'with the server',
      async (id) => {
        const client = await person(consoleRights);
        const end = async () => {
          await test.admin.api.servers.kill({ params: { id } });
          await serverThat(test.admin, id, { state: 'stopped' });
          await test.admin.api.servers.delete({ params: { id } });
        };
        return { ...client, end };
      },
    ],
  ];

  it.each(ways)(
    '%s: so does what is open by it, within two seconds',
    { timeout: 30_000 },
    async (_way, take) => {
      const { id } = await runningServer(test.admin, agent);
      const { token, end, left = 'not_found' } = await take(id);
      const api = test.clientFor(token);
      const socket = await TestSocket.connected(test.url, token);
      const lines = socket.collect('server_log');
      const revoked = socket.collect('revoked');
      await socket.call('console:subscribe', { serverId: id });
      agent.print(id, 'before');
      await vi.waitFor(() => expect(lines).toHaveLength(1));
      const download = await api.console.download({ params: { id } });
      const body = { command: 'list', waitMs: 20_000 };
      const open = [outcome(download.text()), outcome(api.console.command({ params: { id }, body }))];
      await vi.waitFor(() => expect(agent.commands.at(-1)).toMatchObject({ serverId: id }));

      await end();
      const ended = Promise.all(open);
      await vi.waitFor(
        async () => {
          expect(await codeOf(api.console.logs({ params: { id } }))).toBe(left);
          expect(revoked.length).toBeGreaterThan(0);
          expect(await Promise.race([ended, 'open'])).toEqual(['failed', 'failed']);
        },
        { timeout: 2000, interval: 50 },
      );
      const heard = lines.length;
      agent.print(id, 'after');
      // Whatever was sent before this answer has arrived with it.
      await codeOf(api.sessions.me());
      if (socket.socket.connected) {
        expect(await codeOf(socket.call('console:subscribe', { serverId: id }))).toBe(left);
      }
      expect(lines).toHaveLength(heard);
      expect(await codeOf(api.console.command({ params: { id }, body: { command: 'x' } }))).toBe(left);
      socket.close();
    },
  );
});

/** Sends something that looks like an archive of images and does not end. */
function endlessly(url: string, headers: Record<string, string> = {}): Promise<Response> {
  const chunk = Buffer.alloc(1024);
  chunk.write('ustar', 257);
  const body = new ReadableStream({
    async pull(controller) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      controller.enqueue(chunk);
    },
  });
  return fetch(url, { method: 'POST', headers, body, duplex: 'half' } as RequestInit);
}

/** `ok`, or that it did not end well. */
const outcome = (promise: Promise<unknown>) =>
  promise.then(
    (answer) => (answer instanceof Response && !answer.ok ? answer.status : 'ok'),
    () => 'failed',
  );
