import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TokenPurpose } from './features/accounts/account-token.entity.ts';
import { AccountTokens } from './features/accounts/account-tokens.ts';
import { ask } from './testing/ask.ts';
import { FakeAgent } from './testing/fake-agent.ts';
import { type TestClient, type TestPanel, testDatabases, testPanel } from './testing/test-panel.ts';
import { installedServer } from './testing/test-servers.ts';
import { TestSocket } from './testing/test-socket.ts';

// Every kind of token at every door that takes one: it opens its own and no other.

const environment = {
  CATALYST_RATE_LIMITS: JSON.stringify({
    ...{ anonymous: 100_000, signedIn: 100_000, sockets: 100_000, tickets: 100_000 },
    ...{ signInFailuresPerAddress: 100_000, accountRequestsPerAddress: 100_000 },
  }),
  CATALYST_TRUSTED_PROXIES: '127.0.0.1',
};
const password = 'seven grey herons wade';
/** Kinds that a panel without mail, providers and second factors hands to nobody. */
const inner: TokenPurpose[] = [
  ...([
    'registration',
    'email-change',
    'factor',
    'passkey-creation',
    'passkey-proof',
    'oidc',
    'sftp',
  ] as const),
];

describe.each(testDatabases)('tokens on %s', (database) => {
  let test: TestPanel;
  let agent: FakeAgent;
  let guest: TestClient;
  let serverId: string;
  let tokens: Record<string, string>;

  beforeAll(async () => {
    test = await testPanel({ database, environment });
    agent = await FakeAgent.linked(test);
    guest = await test.createUser('guest');
    const { core } = test.panel;
    const { api } = test.admin;
    const { userId } = await test.createUser('forgetful');
    serverId = (await installedServer(test.admin, agent)).id;
    const { id: nodeId } = await api.nodes.create({ body: { name: 'new', publicAddress: '192.0.2.77' } });
    const deployment = await api.nodes.deploymentToken({ params: { id: nodeId } });
    const { secretBox, log } = core;
    const made = new AccountTokens(core.database, secretBox, log);
    tokens = {
      session: guest.token,
      key: (await guest.api.apiKeys.create({ body: { name: 'program', scopes: ['*'] } })).key,
      invitation: tokenOf((await api.accounts.invite({ body: {} })).link.url),
      reset: tokenOf((await api.accounts.makeResetLink({ params: { id: userId } })).url),
      share: (await api.subusers.invite({ params: { id: serverId }, body: { permissions: ['server.read'] } }))
        .token,
      deployment: deployment.token,
      'secret of the deployment': deployment.token.split('.').at(-1) as string,
      ticket: core.tickets.issue({ nodeId, kind: 'console-export' }).id,
    };
    for (const purpose of inner) {
      tokens[purpose] = (await made.issue(purpose, { lifetimeMs: 60_000, userId: guest.userId })).token;
    }
    made.close();
  });
  afterAll(async () => {
    agent?.disconnect();
    await test?.close();
  });

  let registrations = 0;
  /** Whoever registered last. */
  let newcomer: string | undefined;
  let addresses = 0;
  /** Each from an address of its own: it is not how often somebody guesses that keeps the doors shut here. */
  const post = (path: string, body: object) => {
    addresses += 1;
    return ask(test, path, {
      body,
      headers: {
        'x-forwarded-for': `203.0.${addresses >> 8}.${addresses & 255}`,
        'x-forwarded-proto': 'https',
        'x-forwarded-host': 'panel.example.com',
      },
    });
  };
  /** Who stands behind a door that lets a token in, by the status of its answer. */
  const doors: Record<string, (token: string) => Promise<{ status: number }>> = {
    bearer: (token) => ask(test, '/api/auth/me', { token }),
    'x-api-key': (token) => ask(test, '/api/auth/me', { headers: { 'x-api-key': token } }),
    cookie: (token) => ask(test, '/api/auth/me', { cookie: `catalyst=${token}` }),
    socket: async (token) => {
      const socket = await TestSocket.connected(test.url, token).catch(() => null);
      socket?.close();
      return { status: socket ? 200 : 401 };
    },
    'a second step': (token) => post('/api/auth/factor', { challenge: token, code: '123456' }),
    'a link in a mail': (token) => post('/api/auth/verify', { token }),
    'what is said of an invitation': (token) => post('/api/auth/invitation', { token }),
    'an invite’s page': (token) => ask(test, `/api/invites/${token}`),
    'an install script': (token) => ask(test, `/api/deploy/${token}`),
    'an agent’s package': (secret) => post('/api/deploy/package', { secret }),
    'an enrolment': (secret) => post('/api/deploy/enrolment', { secret }),
    'a provider’s answer': (token) =>
      post('/api/auth/oidc/callback', { search: `?code=${token}&state=${token}` }),
    'a stream of an agent': (token) => ask(test, `/api/data/${token}`, { method: 'POST', body: 'x' }),
    'a new password': (token) => post('/api/auth/reset', { token, password }),
    registration: async (invitation) => {
      registrations += 1;
      const name = `new${registrations}`;
      const body = { email: `${name}@example.com`, name, password, invitation };
      const answer = await post('/api/auth/register', body);
      if (answer.status === 201) newcomer = answer.body.token;
      return answer;
    },
    'an invite’s acceptance': (token) =>
      ask(test, `/api/invites/${token}/accept`, { method: 'POST', token: newcomer ?? guest.token }),
  };
  /** The doors of each kind, in an order in which the one that uses it up is the last. */
  const own: Record<string, string[]> = {
    session: ['bearer', 'cookie', 'socket'],
    key: ['bearer', 'x-api-key', 'socket'],
    invitation: ['what is said of an invitation', 'registration'],
    reset: ['a new password'],
    // Whoever is invited to a server may make an account for it, for which the invite is from then on.
    share: [
      ...['what is said of an invitation', 'an invite’s page', 'registration', 'an invite’s acceptance'],
    ],
    ticket: ['a stream of an agent'],
    factor: ['a second step'],
    registration: ['a link in a mail'],
    'email-change': ['a link in a mail'],
  };
  /** Others need what belongs to them, and are tried where they are made. */
  const complete = ['session', 'key', 'invitation', 'reset', 'share'];
  const tryAt = (door: string, kind: string) =>
    (doors[door] as (token: string) => Promise<{ status: number }>)(tokens[kind] as string);

  it('open no door but their own', async () => {
    const opened: string[] = [];
    let tries = 0;
    for (const [kind, token] of Object.entries(tokens)) {
      for (const [door, open] of Object.entries(doors)) {
        if (own[kind]?.includes(door)) continue;
        const { status } = await open(token);
        tries += 1;
        // Refused for what it is, not for coming too often, and by no mistake of the panel.
        if (status < 400 || status === 429 || status >= 500) opened.push(`${kind} at ${door}: ${status}`);
      }
    }
    expect(opened).toEqual([]);
    expect(tries).toBeGreaterThan(200);
  });

  it('open their own after all that, and those that work once no second time', async () => {
    for (const kind of complete) {
      for (const door of own[kind] as string[]) {
        expect((await tryAt(door, kind)).status, `${kind} at ${door}`).toBeLessThan(300);
      }
    }
    await test.restart();
    for (const kind of ['invitation', 'reset', 'share']) {
      for (const door of own[kind] as string[]) {
        expect([401, 403, 404, 409], `${kind} at ${door} again`).toContain((await tryAt(door, kind)).status);
      }
    }
  });

  it('that work once work for one of twenty who come at the same moment', async () => {
    const { token: share } = await test.admin.api.subusers.invite({
      params: { id: serverId },
      body: { permissions: ['server.read'] },
    });
    const { link } = await test.admin.api.accounts.invite({ body: {} });
    for (const invitation of [share, tokenOf(link.url)]) {
      const arrivals = await Promise.all(Array.from({ length: 20 }, () => doors.registration?.(invitation)));
      expect(arrivals.filter((answer) => answer?.status === 201)).toHaveLength(1);
    }
    const { userId } = await test.createUser('hurried');
    const { url } = await test.admin.api.accounts.makeResetLink({ params: { id: userId } });
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => post('/api/auth/reset', { token: tokenOf(url), password })),
    );
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
  });
});

const tokenOf = (url: string) => url.split('#').at(-1) as string;
