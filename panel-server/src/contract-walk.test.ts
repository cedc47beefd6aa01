import { api } from '@catalyst/shared/api';
import { callUrl, createApiClient } from '@catalyst/shared/contract/client';
import { AppError, errorStatus } from '@catalyst/shared/contract/errors';
import { isGranted, permissionCatalogue } from '@catalyst/shared/contract/permissions';
import type { Route } from '@catalyst/shared/contract/route';
import { type Calls, call, type Events } from '@catalyst/shared/contract/rpc';
import { agentCalls, agentEvents, handshakeCalls, handshakeEvents, panelCalls } from '@catalyst/shared/link';
import { clientCalls, clientEvents } from '@catalyst/shared/realtime';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ask } from './testing/ask.ts';
import { FakeAgent } from './testing/fake-agent.ts';
import { sampleOf } from './testing/sample.ts';
import { newTemplate } from './testing/test-egg.ts';
import { type TestClient, type TestPanel, testPanel } from './testing/test-panel.ts';
import { installedServer } from './testing/test-servers.ts';
import { TestSocket } from './testing/test-socket.ts';

const routes = Object.entries(api).flatMap(([feature, group]) =>
  Object.entries(group).map(([name, route]) => ({
    name: `${feature}.${name}`,
    feature,
    key: name,
    route: route as Route,
  })),
);
const accesses = [...Object.keys(permissionCatalogue), 'public', 'signed-in', 'ticket'];

let test: TestPanel;
let agent: FakeAgent;
let people = 0;
beforeAll(async () => {
  test = await testPanel();
  agent = await FakeAgent.linked(test);
  agent.announceHealth();
});
afterAll(async () => {
  agent?.disconnect();
  await test?.close();
});

describe('every route', () => {
  it.each(routes)('$name has a permission, a summary and schemas', ({ route }) => {
    expect(accesses).toContain(route.config.permission);
    expect(route.schema.summary).toMatch(/^[A-Z].{5,}/);
    expect(route.schema.tags).not.toHaveLength(0);
    expect(Object.keys(route.schema.response)).not.toHaveLength(0);
    for (const status of Object.keys(route.schema.response)) expect(status).toMatch(/^2\d\d$/);
    if (route.method === 'GET') expect(route.schema.body).toBeUndefined();
    else if (route.config.permission !== 'ticket') expect(route.config.audit).toMatch(/^[a-z]+\.[a-z-]+$/);
    const named = [...route.url.matchAll(/:(\w+)/g)].map(([, name]) => name);
    const described = route.schema.params ? Object.keys((route.schema.params as z.ZodObject).shape) : [];
    expect(described).toEqual(named);
  });

  it.each(routes)('$name answers its typed client as the contract says', async ({ feature, key, route }) => {
    const client = await test.createUser(`walker-${++people}`, 'administrator');
    const input = await inputFor(route, client);
    const send = (client.api as never as Record<string, Record<string, (input: object) => Promise<unknown>>>)[
      feature
    ]?.[key];
    const error = await send?.(input).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (error === undefined) return;
    // Anything else is an answer that its schema does not take.
    expect(error).toBeInstanceOf(AppError);
    const { code, message } = error as AppError;
    expect(Object.keys(errorStatus)).toContain(code);
    expect(
      ['internal', 'method_not_allowed', 'invalid_input', 'unauthenticated', 'forbidden'],
      message,
    ).not.toContain(code);
    expect(message).not.toMatch(/without a reason|nothing at this address/);
  });

  const lists = routes.filter(
    ({ route }) => 'limit' in ((route.schema.querystring as z.ZodObject | undefined)?.shape ?? {}),
  );

  it.each(lists)('$name answers pages of at most a hundred, and takes no other wishes', async ({ route }) => {
    const { params } = await inputFor(route, test.admin);
    const path = callUrl(route, { params } as never);
    const status = async (query: string) => (await ask(test, `${path}?${query}`, test.admin)).status;
    const most = /\/(logs|files|archive)$/.test(route.url) ? 1000 : 100;
    for (const limit of ['0', '-1', `${most + 1}`, '1e9', '1.5', 'all', '', `${most}&limit=1000000`]) {
      expect(await status(`limit=${limit}`), limit).toBe(422);
    }
    for (const wish of ['include=owner', 'fields=*', 'sort=email', 'order=asc', 'offset=1', 'all=true']) {
      expect(await status(wish), wish).toBe(422);
    }
    expect(await status('cursor=%00')).toBe(422);
    expect([200, 422]).toContain(await status(`limit=${most}&cursor=../../etc/passwd`));
  });

  it('would be missed if it were not there', async () => {
    const lost = { ...(routes[0]?.route as Route), url: '/api/lost' as const };
    const client = createApiClient({ lost: { route: lost } }, { baseUrl: test.url });
    await expect(client.lost.route()).rejects.toThrow('nothing at this address');
  });

  it.each(routes)('$name is for those it says', async ({ route }) => {
    const { permission, onServer } = route.config;
    const stranger = await test.createUser(`stranger-${++people}`);
    const role = new Set((await stranger.api.sessions.me()).permissions) as never;
    const input = await inputFor(route, await test.createUser(`owner-${++people}`, 'administrator'));
    const path = callUrl(route, input as never);
    const request = { method: route.method, body: route.schema.body && input.body };
    const anonymous = await ask(test, path, request);
    const signedIn = await ask(test, path, { ...request, token: stranger.token });
    if (permission === 'public' || permission === 'ticket') {
      expect(anonymous.body?.error?.code).not.toBe('unauthenticated');
      return;
    }
    expect(anonymous.body.error.code).toBe('unauthenticated');
    if (permission === 'signed-in' || isGranted(role, permission)) {
      expect(signedIn.body?.error?.code).not.toBe('forbidden');
    } else {
      // A server that is not his is none at all.
      expect([signedIn.status, signedIn.body.error.code]).toEqual(
        onServer ? [404, 'not_found'] : [403, 'forbidden'],
      );
    }
  });

  it('is described at /api/openapi.json, whose references all lead somewhere', async () => {
    const document = (await ask(test, '/api/openapi.json')).body;
    expect(document.openapi).toBe('3.1.0');
    for (const { name, route } of routes) {
      const operation = document.paths[route.url.replace(/:(\w+)/g, '{$1}')]?.[route.method.toLowerCase()];
      expect(operation?.operationId).toBe(name);
      expect(operation['x-permission']).toBe(route.config.permission);
      expect(Boolean(operation.requestBody)).toBe(
        Boolean(route.schema.body) || route.config.stream === 'upload',
      );
      expect(Object.keys(operation.responses)).toEqual(
        expect.arrayContaining([...Object.keys(route.schema.response), 'default']),
      );
      const inPath = operation.parameters.filter((parameter: { in: string }) => parameter.in === 'path');
      expect(inPath.map((parameter: { name: string }) => `{${parameter.name}}`)).toEqual(
        [...route.url.matchAll(/:(\w+)/g)].map(([, parameter]) => `{${parameter}}`),
      );
    }
    expectReferencesToResolve(document);
  });

  it('is on the page at /api/docs, which runs nothing and loads nothing', async () => {
    const { text, headers } = await ask(test, '/api/docs');
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    for (const { name } of routes) expect(text).toContain(`id="${name}"`);
    expect(text).not.toMatch(/<script|javascript:|\son\w+=|src=|@import|https?:\/\//);
  });
});

const tables: [string, Calls | Events, boolean][] = [
  ['client → panel', clientCalls, true],
  ['panel → client', clientEvents, true],
  ['panel → agent', { ...handshakeCalls, ...agentCalls }, false],
  ['panel → agent', handshakeEvents, false],
  ['agent → panel', panelCalls, false],
  ['agent → panel', agentEvents, false],
];
const messages = tables.flatMap(([direction, table, needsPermission]) =>
  Object.entries(table).map(([name, message]) => ({ direction, name, message, needsPermission })),
);

describe('every message over sockets', () => {
  it.each(messages)(
    '$name ($direction) has schemas, a summary and a permission',
    ({ message, needsPermission }) => {
      expect(message.summary).toMatch(/^[A-Z].{5,}/);
      if (needsPermission) expect(accesses).toContain(message.permission);
      const schemas = 'payload' in message ? [message.payload] : [message.input, message.output];
      for (const schema of schemas) {
        expect(schema).toBeInstanceOf(z.ZodType);
        expect(schema.safeParse(sampleOf(schema)).success).toBe(true);
      }
    },
  );

  it.each(Object.keys(clientCalls))('%s is answered as the contract says', async (name) => {
    const client = await test.createUser(`caller-${++people}`, 'administrator');
    const server = await installedServer(client, agent);
    const socket = await TestSocket.connected(test.url, client.token);
    const declaration = clientCalls[name as keyof typeof clientCalls];
    const input = { ...(sampleOf(declaration.input) as object), serverId: server.id };
    const error = await call(socket.socket, clientCalls, name as never, input as never).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    socket.close();
    expectAnswer(error);
  });

  it.each(Object.keys(panelCalls))('%s of an agent is answered as the contract says', async (name) => {
    const input = sampleOf(panelCalls[name as keyof typeof panelCalls].input);
    const error = await call(agent.socket, panelCalls, name as never, input as never).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expectAnswer(error);
  });

  it('is described at /api/realtime.json, whose references all lead somewhere', async () => {
    const document = (await ask(test, '/api/realtime.json')).body;
    const described = document.messages.map(
      (message: { direction: string; name: string }) =>
        `${message.direction.replace(' to ', ' → ')} ${message.name}`,
    );
    expect(described.sort()).toEqual(messages.map(({ direction, name }) => `${direction} ${name}`).sort());
    for (const { name, direction, message, needsPermission } of messages) {
      const { permission } = document.messages.find(
        (one: { direction: string; name: string }) =>
          one.name === name && one.direction.replace(' to ', ' → ') === direction,
      );
      expect(permission, name).toBe(needsPermission ? message.permission : undefined);
    }
    expectReferencesToResolve(document);
  });
});

/** Input that the route takes and that names things which are there. */
async function inputFor(
  route: Route,
  owner: TestClient,
): Promise<{ params?: object; query?: object; body?: object }> {
  const { params, querystring, body } = route.schema;
  return {
    ...(params && { params: { ...(sampleOf(params) as object), ...(await existing(route, owner)) } }),
    ...(querystring && { query: smallest(querystring) }),
    ...(body && {
      body: { ...(sampleOf(body) as object), ...fitting(route), ...(await named(route, owner)) },
    }),
  };
}

async function existing(route: Route, owner: TestClient): Promise<object> {
  if (route.url.startsWith('/api/servers/')) return { id: (await installedServer(owner, agent)).id };
  if (route.url.startsWith('/api/templates/')) return { id: 'minecraft-js' };
  if (/^\/api\/nodes\/:id\/(host-packages|doctor|images)/.test(route.url)) return { id: agent.nodeId };
  if (!route.url.startsWith('/api/nodes/')) return {};
  const { nodeId: id, networkId } = await nodeWithNetwork(owner);
  if (route.url.includes('/:networkId')) return { id, networkId };
  if (!route.url.includes('/:poolId')) return { id };
  const { items } = await owner.api.portPools.create({ params: { id }, body: { ports: '5000' } });
  return { id, poolId: items[0]?.id };
}

/** What bodies name. */
async function named({ url, method }: Route, owner: TestClient): Promise<object> {
  if (url !== '/api/ip-pools' || method !== 'POST') return {};
  const { nodeId } = await nodeWithNetwork(owner);
  return { nodeId, networkName: 'lan', gateway: undefined };
}

async function nodeWithNetwork(owner: TestClient): Promise<{ nodeId: string; networkId: string }> {
  const { id: nodeId } = await owner.api.nodes.create({
    body: { name: `walked ${++people}`, publicAddress: '192.0.2.20' },
  });
  const network = await owner.api.networks.create({
    params: { id: nodeId },
    body: { name: 'lan', kind: 'macvlan', parent: 'eth0', subnet: '192.0.2.0/24' },
  });
  return { nodeId, networkId: network.id };
}

/** Filters that are left out filter nothing. */
const smallest = (querystring: z.ZodType) =>
  querystring.safeParse({}).success ? {} : (sampleOf(querystring) as object);

/** Values that name things which are there, and sizes that fit. */
function fitting({ url, method }: Route): object {
  if (url === '/api/templates') return newTemplate();
  const sizes = { allocatedMemoryMb: 1024, allocatedDiskMb: 2048, environment: {} };
  if (url === '/api/servers' && method === 'POST') {
    const chosen = {
      ...{ locationId: undefined, primaryPort: undefined, portBindings: undefined },
      ...{ runtime: undefined, image: undefined, startupLine: undefined },
      ...{ networkMode: undefined, staticIp: undefined },
    };
    return { templateId: 'minecraft-js', nodeId: agent.nodeId, ...sizes, ...chosen };
  }
  if (url === '/api/servers/:id' && method === 'PUT') {
    const chosen = { image: undefined, startupLine: undefined };
    const network = { portBindings: undefined, networkMode: undefined, staticIp: undefined };
    return { ...sizes, ...chosen, ...network, runtime: 'process' };
  }
  if (url === '/api/servers/:id/clone') return { nodeId: undefined, environment: {} };
  // A range API would be asked.
  if (url === '/api/admin/settings') return { passwords: undefined };
  if (url === '/api/nodes/:id/networks/:networkId') return { plugins: undefined };
  if (url === '/api/admin/roles' || url === '/api/admin/roles/:id') return { nodeIds: null };
  if (url === '/api/admin/users') return { roleId: undefined };
  if (url === '/api/auth/ssh-keys') return { publicKey: ssh2.utils.generateKeyPairSync('ed25519').public };
  if (url.endsWith('/api-keys') || url.endsWith('/api-keys/:id')) return { expiresAt: null };
  if (url.startsWith('/api/servers/:id/files')) return filesThatFit(url);
  if (url === '/api/servers/:id/transfer-ownership') return { userId: test.user.userId };
  if (url === '/api/nodes/:id/host-packages') return { templateId: 'openttd' };
  return {};
}

/** Each path by its text or by its bytes, not by both. */
function filesThatFit(url: string): object {
  if (/\/(files|compress|download)$/.test(url)) {
    return { paths: ['world'], pathsBase64: undefined, toBase64: undefined };
  }
  if (/\/(copy|move)$/.test(url)) {
    return { paths: ['world'], pathsBase64: undefined, to: 'old', toBase64: undefined, newName: undefined };
  }
  if (url.endsWith('/pull')) return { pathBase64: undefined };
  const paths = { path: 'server.properties', pathBase64: undefined };
  return url.endsWith('/rename') ? { ...paths, to: 'old.properties', toBase64: undefined } : paths;
}

function expectAnswer(error: unknown): void {
  if (error === undefined) return;
  expect(error).toBeInstanceOf(AppError);
  const { code, message } = error as AppError;
  expect(['internal', 'timeout', 'invalid_input', 'unauthenticated', 'forbidden'], message).not.toContain(
    code,
  );
}

function expectReferencesToResolve(document: unknown): void {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(
    ([, path]) => path as string,
  );
  expect(references).not.toHaveLength(0);
  for (const reference of new Set(references)) {
    const found = reference
      .split('/')
      .reduce((part: unknown, key) => (part as Record<string, unknown>)?.[key], document);
    expect(found, reference).toBeDefined();
  }
}
