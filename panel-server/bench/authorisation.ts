/**
 * What it costs a request to find out who asks and whether he may, with 1,000 users, 100 servers of which each is shared
 * with ten of them, and a key for every tenth: the hooks by themselves, and what a whole request takes more than one that
 * everybody may make.
 */
import { rm } from 'node:fs/promises';
import { api } from '@catalyst/shared/api';
import { createApiClient } from '@catalyst/shared/contract/client';
import { serverPermissions } from '@catalyst/shared/contract/permissions';
import { hash } from '@node-rs/argon2';
import { v7 as uuid } from 'uuid';
import { buildPanel, type Panel } from '../src/app.ts';
import { readConfig } from '../src/config.ts';
import { SubuserEntity } from '../src/features/subusers/subuser.entity.ts';
import { authenticator } from '../src/http/authenticate.ts';
import { authorizer } from '../src/http/authorize.ts';
import { Credentials } from '../src/http/credentials.ts';
import { FrontDoor } from '../src/http/front-door.ts';
import { Idempotency } from '../src/http/idempotency.ts';
import type { PanelHttp } from '../src/http/panel-http.ts';
import { RateLimiter } from '../src/http/rate-limits.ts';
import { createHttp } from '../src/http/server.ts';
import { FakeAgent } from '../src/testing/fake-agent.ts';
import { admin, environmentOf, makeDataDir } from './measuring/bench-panel.ts';
import { quantile, summary } from './measuring/figures.ts';

const users = 1000;
const servers = 100;
const rounds = 100_000;
const requests = 10_000;

const guardedRoute = {
  method: 'GET',
  url: '/api/servers/:id',
  config: { permission: 'server.read', onServer: true },
} as const;

/** Somebody who asks, and for what. */
interface Question {
  token: string;
  serverId: string;
}

const dataDir = await makeDataDir();
const environment = {
  ...environmentOf(dataDir),
  CATALYST_RATE_LIMITS: JSON.stringify({ anonymous: 10_000_000, signedIn: 10_000_000, health: 10_000_000 }),
};
try {
  const questions = await withPanel(fill);
  // A panel that has just started remembers nobody.
  await withPanel(async (panel) => {
    await timeHooks(panel, questions);
    await timeRequests(panel, questions);
  });
} finally {
  await rm(dataDir, { recursive: true, force: true });
}

async function withPanel<T>(work: (panel: Panel, url: string) => Promise<T>): Promise<T> {
  const panel = await buildPanel(readConfig(environment));
  try {
    const { url } = await panel.open();
    return await work(panel, url);
  } finally {
    await panel.close();
  }
}

/** Answers who asks for what: members of the server, its owner (an administrator) and keys. */
async function fill({ core }: Panel, url: string): Promise<Question[]> {
  const owner = await core.users.findByEmail(admin.email);
  if (!owner) throw new Error('There is no administrator');
  const client = { ip: '127.0.0.1', userAgent: 'bench' };
  const { token } = await core.sessions.create(owner, client);
  const panelApi = clientFor(url, token);
  const agent = await FakeAgent.linked({ admin: { api: panelApi } } as never);
  agent.announceHealth({ memoryTotalMb: 1_000_000, diskTotalMb: 1_000_000_000, cpuCores: 1000 });
  const limits = { allocatedMemoryMb: 512, allocatedCpuCores: 1, allocatedDiskMb: 1024 };
  const passwordHash = await hash(admin.password, { memoryCost: 19_456, timeCost: 2 });
  const questions: Question[] = [];
  for (let server = 0; server < servers; server++) {
    const body = { name: `Server ${server}`, templateId: 'minecraft-js', nodeId: agent.nodeId, ...limits };
    const { id: serverId } = await panelApi.servers.create({ body });
    questions.push({ token, serverId });
    for (let member = 0; member < users / servers; member++) {
      const name = `user-${server}-${member}`;
      const person = await core.users.create({
        name,
        email: `${name}@example.com`,
        passwordHash,
        role: 'user',
      });
      const userId = person.user.id;
      const now = new Date();
      const permissions = serverPermissions.filter(
        (permission, index) => permission === 'server.read' || index % 3,
      );
      const row = { id: uuid(), serverId, userId, permissions, createdAt: now, updatedAt: now };
      await core.database.getRepository(SubuserEntity).insert(row);
      const session = await core.sessions.create(person, client);
      if (member > 0) questions.push({ token: session.token, serverId });
      else {
        const own = clientFor(url, session.token);
        const { key } = await own.apiKeys.create({ body: { name, scopes: ['server.read'] } });
        questions.push({ token: key, serverId });
      }
    }
  }
  agent.disconnect();
  return questions;
}

/** Just what the panel runs before a handler, called as Fastify calls it. */
async function timeHooks({ core }: Panel, questions: Question[]): Promise<void> {
  const { config, access, sessions, apiKeys } = core;
  const authenticate = authenticator(new Credentials(sessions, apiKeys), new RateLimiter(config.rateLimits));
  const authorize = authorizer(access, guardedRoute);
  const ask = async ({ token, serverId }: Question) => {
    const asking = {
      method: 'GET',
      headers: { authorization: `Bearer ${token}` },
      raw: {},
      clientIp: '127.0.0.1',
      isSecure: false,
      routeOptions: guardedRoute,
      params: { id: serverId },
      caller: null,
    };
    const startedAt = performance.now();
    await authenticate(asking as never);
    await authorize(asking as never);
    return performance.now() - startedAt;
  };
  const first: number[] = [];
  for (const question of questions) first.push(await ask(question));
  console.log(`the first request of each   ${summary(first, 'ms', 3)}`);
  const later: number[] = [];
  for (let round = 0; round < rounds; round++) later.push(await ask(oneOf(questions)));
  const mean = later.reduce((sum, ms) => sum + ms, 0) / later.length;
  console.log(`each further one            ${summary(later, 'ms', 3)}   mean ${mean.toFixed(3)} ms`);
}

/** Two routes of one handler, one of them for everybody, in turn, so that whatever else the machine does meets both. */
async function timeRequests({ core }: Panel, questions: Question[]): Promise<void> {
  const { database, secretBox, log, sessions, apiKeys } = core;
  const idempotency = new Idempotency(database, secretBox, log);
  const credentials = new Credentials(sessions, apiKeys);
  const door = new FrontDoor(core.isTrusted);
  const limiter = new RateLimiter(core.config.rateLimits);
  const http = await createHttp({ ...core, credentials, limiter, idempotency, door });
  const handler = async () => ({ status: 'ok' });
  const everybody = { permission: 'public' } as const;
  http.route({ method: 'GET', url: '/api/open/:id', config: everybody, handler });
  http.route({ method: 'GET', url: '/api/servers/:id', config: guardedRoute.config, handler });
  const open: number[] = [];
  const guarded: number[] = [];
  for (let round = 0; round < requests; round++) {
    const { token, serverId } = oneOf(questions);
    open.push(await timed(http, `/api/open/${serverId}`, {}));
    guarded.push(await timed(http, `/api/servers/${serverId}`, { authorization: `Bearer ${token}` }));
  }
  const more = quantile(guarded, 0.5) - quantile(open, 0.5);
  console.log(`a route for everybody       ${summary(open, 'ms', 3)}`);
  console.log(`the same, guarded           ${summary(guarded, 'ms', 3)}   ${more.toFixed(3)} ms more at p50`);
  await http.close();
  idempotency.close();
}

async function timed(http: PanelHttp, url: string, headers: Record<string, string>): Promise<number> {
  const startedAt = performance.now();
  const { statusCode } = await http.inject({ url, headers: { host: 'localhost', ...headers } });
  const ms = performance.now() - startedAt;
  if (statusCode !== 200) throw new Error(`${url} answered ${statusCode}`);
  return ms;
}

function clientFor(baseUrl: string, token: string) {
  return createApiClient(api, { baseUrl, token: () => token });
}

function oneOf(questions: Question[]): Question {
  return questions[Math.floor(Math.random() * questions.length)] as Question;
}
