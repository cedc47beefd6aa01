import { api } from '@catalyst/shared/api';
import { callUrl } from '@catalyst/shared/contract/client';
import {
  type Permission,
  permissionCatalogue,
  permissions,
  serverPermissions,
} from '@catalyst/shared/contract/permissions';
import type { Route } from '@catalyst/shared/contract/route';
import { clientCalls } from '@catalyst/shared/realtime';
import { v7 as uuid } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ServerEntity } from './features/servers/server.entity.ts';
import { SubuserEntity } from './features/subusers/subuser.entity.ts';
import { AccessInputs, type RouteInput } from './testing/access-inputs.ts';
import {
  closedToKeys,
  forEverybody,
  forSignedIn,
  forTickets,
  forWhoSeesTheServer,
  onNode,
  onServer,
  onSomeNodes,
  opens,
} from './testing/access-table.ts';
import { codeOf } from './testing/code-of.ts';
import { FakeAgent } from './testing/fake-agent.ts';
import { type TestClient, type TestPanel, testDatabases, testPanel } from './testing/test-panel.ts';
import { roleWith } from './testing/test-people.ts';
import { runningServer } from './testing/test-servers.ts';
import { TestSocket } from './testing/test-socket.ts';

const routes = Object.entries(api).flatMap(([feature, group]) =>
  Object.entries(group).map(([name, route]) => ({ name: `${feature}.${name}`, route: route as Route })),
);
const guarded = routes.filter(({ name }) => !forEverybody.includes(name) && !forTickets.includes(name));
/** What the panel says when it is not permitted. */
type Verdict = 'permitted' | 'unauthenticated' | 'forbidden' | 'not_found';

const permissionsOf = (name: string) => permissions.filter((permission) => opens[permission].includes(name));
const isOpenTo = (name: string, held: Iterable<Permission>) =>
  forSignedIn.includes(name) || [...held].some((permission) => opens[permission].includes(name));

/** What the table says of somebody who holds these permissions on what a route is about. */
function verdictFor(name: string, held: readonly Permission[]): Verdict {
  if (forWhoSeesTheServer.includes(name)) return held.includes('server.read') ? 'permitted' : 'not_found';
  if (isOpenTo(name, held)) return 'permitted';
  return onServer.includes(name) && !held.includes('server.read') ? 'not_found' : 'forbidden';
}

it('the table names every route and every call once, and nothing else', () => {
  const inTable = [...forEverybody, ...forTickets, ...forSignedIn, ...forWhoSeesTheServer];
  const byPermission = new Set(Object.values(opens).flat());
  const calls = ['console:subscribe', 'console_input', 'console:resize'];
  expect([...inTable, ...[...byPermission].filter((name) => !calls.includes(name))].sort()).toEqual(
    routes.map(({ name }) => name).sort(),
  );
  expect([...calls, 'console:unsubscribe', 'server_control'].sort()).toEqual(Object.keys(clientCalls).sort());
  for (const list of [onServer, onNode, onSomeNodes, closedToKeys]) {
    expect(list.filter((name) => !routes.some((route) => route.name === name))).toEqual([]);
  }
});

it('every route about a server or a node is known to be', () => {
  const about = (prefix: string) =>
    routes.filter(({ route }) => route.url.startsWith(prefix)).map(({ name }) => name);
  expect([...onServer].sort()).toEqual(about('/api/servers/:id').sort());
  expect([...onNode].sort()).toEqual(about('/api/nodes/:id').sort());
});

describe.each(testDatabases)('access on %s', (database) => {
  let test: TestPanel;
  let here: FakeAgent;
  let there: FakeAgent;
  let hereServer: string;
  let thereServer: string;
  let inputs: AccessInputs;
  let people = 0;
  beforeAll(async () => {
    test = await testPanel({ database });
    [here, there] = [await FakeAgent.linked(test, 'here'), await FakeAgent.linked(test, 'there')];
    for (const agent of [here, there]) agent.announceHealth();
    [hereServer, thereServer] = [
      (await runningServer(test.admin, here)).id,
      (await runningServer(test.admin, there)).id,
    ];
    inputs = new AccessInputs(test, here);
  }, 60_000);
  afterAll(async () => {
    for (const agent of [here, there]) agent?.disconnect();
    await test?.close();
  });

  const someoneWith = async (held: readonly Permission[] | readonly ['*'], nodeIds: string[] | null = null) =>
    test.createUser(`person-${++people}`, await roleWith(test, held, nodeIds));
  const someoneOnServer = async (serverId: string, held: readonly Permission[]) => {
    const person = await someoneWith([]);
    await share(person, serverId, held);
    return person;
  };
  async function share({ userId }: TestClient, serverId: string, held: readonly Permission[]) {
    const { database: source, serverIndex } = test.panel.core;
    const now = new Date();
    const row = { id: uuid(), serverId, userId, permissions: [...held], createdAt: now, updatedAt: now };
    await source.getRepository(SubuserEntity).insert(row);
    await serverIndex.refresh(serverId);
  }
  async function own({ userId }: TestClient, serverId: string) {
    const { database: source, serverIndex } = test.panel.core;
    await source.getRepository(ServerEntity).update({ id: serverId }, { ownerId: userId });
    await serverIndex.refresh(serverId);
  }
  const keyOf = async (owner: TestClient, scopes: readonly Permission[]) =>
    (await owner.api.apiKeys.create({ body: { name: `key ${++people}`, scopes: [...scopes] } })).key;

  /** Through the whole panel but for the network between. */
  async function send(route: Route, input: RouteInput, token?: string) {
    if (input.stream !== undefined) return upload(route, input, token);
    const response = await test.panel.core.http.inject({
      method: route.method,
      url: callUrl(route, input as never),
      headers: {
        host: 'localhost',
        ...(token && { authorization: `Bearer ${token}` }),
      },
      ...(input.body !== undefined && { payload: input.body as object }),
    });
    const code = response.statusCode < 300 ? 'ok' : (JSON.parse(response.body).error.code as string);
    return { status: response.statusCode, code, text: response.body };
  }

  async function upload(route: Route, input: RouteInput, token = '') {
    const response = await fetch(test.url + callUrl(route, input as never), {
      method: route.method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' },
      body: new Uint8Array(input.stream as Buffer),
    });
    const text = await response.text();
    return { status: response.status, code: response.ok ? 'ok' : JSON.parse(text).error.code, text };
  }

  /** What is refused before anybody looks at the body, so that none is needed. */
  const bare = ({ name, route }: (typeof routes)[number], serverId: string, nodeId: string): RouteInput => {
    const named = [...route.url.matchAll(/:(\w+)/g)].map(([, param]) => [param, uuid()] as const);
    const id = onServer.includes(name) ? { id: serverId } : onNode.includes(name) ? { id: nodeId } : {};
    return { params: { ...Object.fromEntries(named), ...id } };
  };

  async function refusals(
    token: string | undefined,
    expected: (name: string) => Verdict,
    place = { serverId: hereServer, nodeId: here.nodeId },
  ): Promise<void> {
    const refused = guarded.filter(({ name }) => expected(name) !== 'permitted');
    const answers = await Promise.all(
      refused.map(async (one) => {
        const { code } = await send(one.route, bare(one, place.serverId, place.nodeId), token);
        return [one.name, code] as const;
      }),
    );
    expect(Object.fromEntries(answers)).toEqual(
      Object.fromEntries(refused.map(({ name }) => [name, expected(name)])),
    );
  }

  describe('is refused', { timeout: 180_000 }, () => {
    it('to whoever is not signed in', async () => {
      await refusals(undefined, () => 'unauthenticated');
      await refusals('x'.repeat(43), () => 'unauthenticated');
      await refusals(`catalyst_${'x'.repeat(43)}`, () => 'unauthenticated');
    });

    it('to each single permission, but for what the table says it opens', async () => {
      for (const permission of permissions) {
        const { token } = await someoneWith([permission]);
        await refusals(token, (name) => verdictFor(name, withImplied(permission)));
      }
    });

    it('to a key with each single scope', async () => {
      const owners = [
        await test.createUser('key-owner-1', 'administrator'),
        await test.createUser('key-owner-2', 'administrator'),
      ];
      for (const [index, permission] of permissions.entries()) {
        const key = await keyOf(owners[index % 2] as TestClient, [permission]);
        await refusals(key, (name) =>
          closedToKeys.includes(name) ? 'permitted' : verdictFor(name, withImplied(permission)),
        );
      }
      // What is closed to keys is so whatever their scopes.
      const mighty = await keyOf(owners[0] as TestClient, permissions);
      await refusals(mighty, (name) => (closedToKeys.includes(name) ? 'forbidden' : 'permitted'));
    });

    it('to whoever was given each single permission on a server, there and on others', async () => {
      for (const permission of serverPermissions) {
        const { token } = await someoneOnServer(hereServer, ['server.read', permission]);
        const elsewhere = { serverId: thereServer, nodeId: there.nodeId };
        await refusals(token, (name) => verdictFor(name, ['server.read', permission]));
        await refusals(token, (name) => verdictFor(name, []), elsewhere);
      }
    });

    it('to the owner of a server, on others and on what is not about servers', async () => {
      const owner = await test.createUser('some-owner');
      await own(owner, (await runningServer(test.admin, here)).id);
      await refusals(owner.token, (name) => verdictFor(name, ['template.read']));
    });

    it('to an administrator of some nodes, on others and on what is about no node', async () => {
      const { token } = await someoneWith(['*'], [here.nodeId]);
      const isAbout = (name: string) =>
        [...onServer, ...onNode, ...onSomeNodes, ...forSignedIn].includes(name) ? 'permitted' : 'forbidden';
      await refusals(token, isAbout);
      const elsewhere = (name: string) =>
        [...onServer, ...onNode].includes(name) ? 'not_found' : isAbout(name);
      await refusals(token, elsewhere, { serverId: thereServer, nodeId: there.nodeId });
    });
  });

  describe('is given', () => {
    it.each(guarded)('for $name, to all whom the table names', async ({ name, route }) => {
      const failures: string[] = [];
      const attempt = async (who: string, prepare: (input: RouteInput) => Promise<string>) => {
        const input = await inputs.for(name, route);
        const token = await prepare(input);
        const { code, status, text } = await send(route, input, token);
        const allowed = input.otherCode ?? 'ok';
        if (code !== allowed) failures.push(`${who}: ${status} ${text.slice(0, 300)}`);
      };
      const everyone: Permission[] = ['server.read', 'template.read'];
      const isOnServer = onServer.includes(name);
      const isOpen = forSignedIn.includes(name) || forWhoSeesTheServer.includes(name);
      const [permission] = isOpen ? everyone : permissionsOf(name);
      if (!permission) throw new Error(`The table names nobody for ${name}`);
      const extra = inputs.alsoNeeded(name);

      await attempt('an administrator', async (input) => {
        const person = await test.createUser(`admin-${++people}`, 'administrator');
        await inputs.personal(name, person, input);
        return person.token;
      });
      const withIt = name === 'subusers.transferOwnership' ? [] : isOpen ? [permission] : permissionsOf(name);
      for (const one of withIt) {
        await attempt(`a role with ${one}`, async (input) => {
          const person = await someoneWith([one, ...extra]);
          await inputs.personal(name, person, input);
          return person.token;
        });
      }
      if (!closedToKeys.includes(name)) {
        await attempt(`a key with ${permission}`, async (input) => {
          const person = await test.createUser(`keeper-${++people}`, 'administrator');
          await inputs.personal(name, person, input);
          return keyOf(person, [permission, ...extra]);
        });
      }
      // Rights that owning a server gives, and that can be given to others there.
      const isGiven = isOnServer && permissionCatalogue[permission].scope === 'server';
      if (isGiven) {
        await attempt('the owner', async (input) => {
          const person = await test.createUser(`owner-${++people}`);
          if (name !== 'subusers.leave') await own(person, input.params?.id as string);
          await inputs.personal(name, person, input);
          return person.token;
        });
      }
      if (isGiven && name !== 'subusers.transferOwnership') {
        await attempt('whoever was given it', async (input) => {
          const person = await test.createUser(`subuser-${++people}`);
          if (name !== 'subusers.leave')
            await share(person, input.params?.id as string, [permission, ...extra]);
          await inputs.personal(name, person, input);
          return person.token;
        });
      }
      if (isOnServer || onNode.includes(name) || onSomeNodes.includes(name)) {
        await attempt('an administrator of the node', async (input) => {
          const nodeIds = [here.nodeId, ...(onNode.includes(name) ? [input.params?.id as string] : [])];
          const person = await someoneWith(['*'], nodeIds);
          await inputs.personal(name, person, input);
          return person.token;
        });
      }
      expect(failures).toEqual([]);
    });
  });

  describe('over sockets', () => {
    const actions = ['start', 'stop', 'restart', 'kill'] as const;
    const calls: [string, string, (serverId: string) => object, Permission[]][] = [
      ['console:subscribe', 'console:subscribe', (serverId) => ({ serverId }), ['console.read']],
      ['console_input', 'console_input', (serverId) => ({ serverId, data: 'say' }), ['console.write']],
      [
        'console:resize',
        'console:resize',
        (serverId) => ({ serverId, columns: 80, rows: 24 }),
        ['console.write'],
      ],
      ...actions.map(
        (action) =>
          [
            `server_control: ${action}`,
            'server_control',
            (serverId: string) => ({ serverId, action }),
            ['server.read', `server.${action}`],
          ] as [string, string, (serverId: string) => object, Permission[]],
      ),
    ];

    it('each single permission opens its own calls and nothing else', async () => {
      const relevant = permissions.filter((one) => /^(server|console|admin|file|activity)\./.test(one));
      for (const permission of relevant) {
        const { token } = await someoneWith([permission]);
        const socket = await TestSocket.connected(test.url, token);
        for (const [title, call, inputFor, needed] of calls) {
          const code = await codeOf(socket.call(call as never, inputFor(hereServer) as never));
          const isAll = needed.every((one) => one === permission);
          const verdict = isAll ? 'ok' : permission === 'server.read' ? 'forbidden' : 'not_found';
          expect(`${permission} ${title}: ${code}`).toBe(`${permission} ${title}: ${verdict}`);
        }
        socket.close();
      }
    });

    it('owners, subusers, keys and administrators of nodes get what they hold, on their servers only', async () => {
      const { id } = await runningServer(test.admin, here);
      const owner = await test.createUser(`socket-owner-${database}`);
      await own(owner, id);
      const subuser = await someoneOnServer(id, [
        'server.read',
        'console.read',
        'console.write',
        'server.restart',
      ]);
      const nodeAdmin = await someoneWith(['*'], [here.nodeId]);
      const key = await keyOf(test.admin, ['server.read', 'console.read', 'console.write', 'server.restart']);
      const restart = { action: 'restart' };
      for (const [who, token] of Object.entries({
        owner: owner.token,
        subuser: subuser.token,
        nodeAdmin: nodeAdmin.token,
        key,
      })) {
        const socket = await TestSocket.connected(test.url, token);
        const outcome = async (call: string, serverId: string, more: object) =>
          codeOf(socket.call(call as never, { serverId, ...more } as never));
        expect(await outcome('console:subscribe', id, {}), who).toBe('ok');
        expect(await outcome('console:resize', id, { columns: 80, rows: 24 }), who).toBe('ok');
        const elsewhere = who === 'key' ? 'ok' : 'not_found';
        expect(await outcome('console:subscribe', thereServer, {}), who).toBe(elsewhere);
        expect(await outcome('server_control', thereServer, restart), who).toBe(elsewhere);
        const kill =
          who === 'subuser' || who === 'key' ? 'forbidden' : expect.not.stringMatching('forbidden|not_found');
        expect(await outcome('server_control', id, { action: 'kill' }), who).toEqual(kill);
        socket.close();
      }
    });
  });

  describe('to what others have', () => {
    it('is in no answer to whoever has a server, a share, or a node of his own', async () => {
      const { api } = test.admin;
      const mine = (await runningServer(test.admin, here)).id;
      const foreign = (await runningServer(test.admin, there, { name: 'canary server' })).id;
      const guest = await test.createUser('canary-guest');
      const { token } = await api.subusers.invite({
        params: { id: foreign },
        body: { permissions: ['console.read'] },
      });
      await guest.api.subusers.acceptInvite({ params: { token } });
      const invite = { email: 'canary@example.com', permissions: ['console.read' as const] };
      await api.subusers.invite({ params: { id: foreign }, body: invite });
      await guest.api.apiKeys.create({ body: { name: 'canary key', scopes: ['*'] } });
      await api.roles.create({ body: { name: 'canary role', permissions: [] } });
      await api.accounts.invite({ body: { email: 'canary@example.com' } });
      const login = { username: 'canary', password: 'canary' };
      await api.registries.create({ body: { host: 'canary.example.com', ...login } });
      await api.networks.create({
        params: { id: there.nodeId },
        body: { name: 'canary', kind: 'macvlan', parent: 'eth1', subnet: '198.51.100.0/24' },
      });
      const owner = await test.createUser(`reader-${database}`);
      await own(owner, mine);
      const subuser = await someoneOnServer(mine, [...serverPermissions]);
      const nodeAdmin = await someoneWith(['*'], [here.nodeId]);
      const readers: Record<string, string> = {
        owner: owner.token,
        subuser: subuser.token,
        'node admin': nodeAdmin.token,
        'key of the owner': await keyOf(owner, permissions),
        'key of the node admin': await keyOf(nodeAdmin, permissions),
      };
      const secrets = [foreign, there.nodeId, guest.userId, 'canary'];
      const reads = guarded.filter(({ route }) => route.method === 'GET' && !route.config.stream);
      const queries = (route: Route) => {
        const named = Object.keys((route.schema.querystring as { shape?: object } | undefined)?.shape ?? {});
        const wishes: Record<string, string> = {
          ...{ q: 'canary', nodeId: there.nodeId, serverId: foreign, userId: guest.userId },
          ...{ actor: 'canary-guest', target: foreign, targetId: foreign },
        };
        return [{}, ...named.filter((name) => name in wishes).map((name) => ({ [name]: wishes[name] }))];
      };
      const leaks: string[] = [];
      let answered = 0;
      for (const one of reads) {
        const { params } = bare(one, mine, here.nodeId);
        for (const query of queries(one.route)) {
          for (const [who, credential] of Object.entries(readers)) {
            const { status, text } = await send(one.route, { params, query }, credential);
            if (status < 300) answered += 1;
            // What was asked for may be in what is wrong with it.
            const found = status < 300 && secrets.find((secret) => text.includes(secret));
            if (found) leaks.push(`${one.name} ${JSON.stringify(query)} tells ${who} of ${found}`);
          }
        }
      }
      expect(leaks).toEqual([]);
      expect(answered).toBeGreaterThan(60);
    });

    it('is not had by naming it in a query, a body, or behind an id of one’s own', async () => {
      const nodeAdmin = await someoneWith(['*'], [here.nodeId]);
      const owner = await test.createUser(`mixer-${database}`);
      const mine = (await runningServer(test.admin, here)).id;
      await own(owner, mine);
      const guest = await someoneOnServer(thereServer, ['server.read']);
      const invite = await test.admin.api.subusers.invite({
        params: { id: thereServer },
        body: { permissions: ['console.read'] },
      });
      const network = await test.admin.api.networks.create({
        params: { id: there.nodeId },
        body: { name: 'lan', kind: 'macvlan', parent: 'eth0', subnet: '192.0.2.0/24' },
      });
      const key = await test.admin.api.apiKeys.create({ body: { name: 'foreign', scopes: ['*'] } });
      const listed = await nodeAdmin.api.servers.list({ query: { nodeId: there.nodeId } });
      expect(listed.items).toEqual([]);
      expect((await owner.api.servers.list({ query: { q: thereServer } })).items).toEqual([]);
      expect((await owner.api.servers.list()).items.map(({ id }) => id)).toEqual([mine]);
      expect((await nodeAdmin.api.nodes.list()).items.map(({ id }) => id)).toEqual([here.nodeId]);
      const onThere = { name: 'x', templateId: 'minecraft-js', nodeId: there.nodeId };
      const sizes = { allocatedMemoryMb: 512, allocatedCpuCores: 1, allocatedDiskMb: 1024 };
      const outcomes = {
        create: await codeOf(nodeAdmin.api.servers.create({ body: { ...onThere, ...sizes } })),
        network: await codeOf(
          nodeAdmin.api.networks.delete({ params: { id: here.nodeId, networkId: network.id } }),
        ),
        subuser: await codeOf(owner.api.subusers.remove({ params: { id: mine, userId: guest.userId } })),
        invite: await codeOf(owner.api.subusers.revokeInvite({ params: { id: mine, inviteId: invite.id } })),
        key: await codeOf(owner.api.apiKeys.update({ params: { id: key.id }, body: { name: 'mine' } })),
        newOwner: await codeOf(
          owner.api.subusers.transferOwnership({ params: { id: mine }, body: { userId: guest.userId } }),
        ),
      };
      expect(outcomes).toEqual({
        create: 'invalid_input',
        network: 'not_found',
        subuser: 'not_found',
        invite: 'not_found',
        key: 'not_found',
        newOwner: 'invalid_input',
      });
      const ownerId = { ownerId: owner.userId, nodeId: there.nodeId } as object;
      const smuggled = test.admin.api.servers.update({ params: { id: mine }, body: ownerId });
      expect(await codeOf(smuggled)).toBe('invalid_input');
    });
  });
});

/** By hand too: what a permission means beside itself. */
const implied: Partial<Record<Permission, Permission[]>> = {
  'admin.read': ['admin.stats', 'admin.audit-logs', 'audit.read', 'user.read'],
  'admin.users': ['user.read', 'user.write', 'user.invite', 'user.delete', 'role.read'],
  'admin.audit-logs': ['audit.read'],
};
const withImplied = (permission: Permission) => [permission, ...(implied[permission] ?? [])];
