import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { containerNode } from '../../testing/container-node.ts';
import { FakeAgent } from '../../testing/fake-agent.ts';
import { type TestClient, type TestPanel, testDatabases, testPanel } from '../../testing/test-panel.ts';
import { installedServer, newServer, runningServer } from '../../testing/test-servers.ts';
import { TestSocket } from '../../testing/test-socket.ts';
import { testTemplates } from '../../testing/test-template.ts';
import { RoleEntity } from '../users/role.entity.ts';
import { UserEntity } from '../users/user.entity.ts';
import { ServerEntity } from './server.entity.ts';

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    ({ code, message, issues = [] }) => ({
      code,
      message,
      paths: issues.map((one: { path: string }) => one.path),
    }),
  );

describe.each(testDatabases)("a server's container on %s", (database) => {
  let panel: TestPanel;
  let agent: FakeAgent;
  let plain: FakeAgent;
  /** May create servers and see everything, and has no other right on nodes. */
  let host: TestClient;
  const contained = (more: object = {}) => newServer(agent, { templateId: 'container-game', ...more });
  const create = (more: object = {}, client = panel.admin) =>
    client.api.servers.create({ body: contained(more) });
  const update = (id: string, body: object, client = panel.admin) =>
    client.api.servers.update({ params: { id }, body });

  beforeAll(async () => {
    panel = await testPanel({ database, options: { templates: testTemplates() } });
    agent = await containerNode(panel);
    plain = await FakeAgent.linked(panel, 'plain');
    plain.announceHealth();
    await vi.waitFor(async () => {
      const node = await panel.admin.api.nodes.get({ params: { id: plain.nodeId } });
      expect(node.health).not.toBeNull();
    });
    host = await panel.createUser('host');
    await giveRole(panel, host, [
      'server.create',
      'server.read',
      'server.update',
      'template.read',
      'node.read',
    ]);
  });
  afterAll(() => panel.close());

  describe('the runtime', () => {
    it('is a container where node and template allow it, else a process', async () => {
      expect(await create()).toMatchObject({
        runtime: 'containerd',
        networkMode: 'bridge',
        image: 'Stable',
        terminal: true,
      });
      expect(await create({ nodeId: plain.nodeId })).toMatchObject({
        ...{ runtime: 'process', networkMode: 'host', image: null, terminal: false },
      });
      expect(await create({ templateId: 'test-game' })).toMatchObject({ runtime: 'process', image: null });
    });

    it('can be asked for', async () => {
      expect(await create({ runtime: 'process' })).toMatchObject({ runtime: 'process', networkMode: 'host' });
      expect(await create({ runtime: 'containerd' })).toMatchObject({ runtime: 'containerd' });
    });

    it.each([
      ['conflict', { runtime: 'containerd', nodeId: 'plain' }, 'This node cannot run servers in containers'],
      [
        'invalid_input',
        { runtime: 'containerd', templateId: 'test-game' },
        'Test game has no container image; it runs as a process',
      ],
      [
        'invalid_input',
        { runtime: 'process', templateId: 'sealed-game' },
        'Sealed game runs in containers only',
      ],
      ['conflict', { runtime: 'fake' }, 'This node cannot run servers in a simulation'],
    ])(
      'is refused (%s) for %j',
      async (code, { nodeId, ...more }: { nodeId?: string; runtime?: string }, message) => {
        const place = nodeId === 'plain' ? { nodeId: plain.nodeId } : {};
        expect(await failure(create({ ...more, ...place }))).toEqual({ code, message, paths: ['runtime'] });
      },
    );

    it('decides which node it can be, when none is named', async () => {
      await FakeAgent.linked(panel, 'huge', { maxMemoryMb: 1_000_000 });
      const server = await create({ nodeId: undefined, runtime: 'containerd' });
      expect(server.node.id).toBe(agent.nodeId);
    });

    it('says what the node says about why it cannot', async () => {
      const broken = await FakeAgent.linked(panel, 'broken');
      const enforces = { user: true, memory: true, cpu: true, pids: true };
      broken.announceHealth({
        runtimes: [
          { name: 'containerd', available: false, version: null, enforces, notes: ['It does not answer.'] },
        ],
      });
      await vi.waitFor(async () => {
        const refused = await failure(create({ nodeId: broken.nodeId, runtime: 'containerd' }));
        expect(refused?.message).toBe('This node cannot run servers in containers: It does not answer.');
      });
    });

    it('stays what it was', async () => {
      const { id } = await create();
      expect(await failure(update(id, { runtime: 'process' }))).toMatchObject({
        code: 'conflict',
        paths: ['runtime'],
      });
      expect(await failure(update(id, { runtime: 'containerd' }))).toBeNull();
    });
  });

  describe('the image', () => {
    it('is one of the template, and another from the next start', async () => {
      const { id } = await installedServer(panel.admin, agent, contained({ image: 'Beta' }));
      expect(agent.server(id).spec).toMatchObject({ image: 'registry.example/game:2', terminal: true });
      expect(await update(id, { image: 'Stable' })).toMatchObject({ image: 'Stable' });
      expect(agent.server(id).spec).toMatchObject({ image: 'registry.example/game:1' });
    });

    it('that the template has no more is stood in for by the first', async () => {
      const { id } = await installedServer(panel.admin, agent, contained({ image: 'Beta' }));
      await panel.panel.core.database.getRepository(ServerEntity).update({ id }, { image: 'Gone' });
      expect(await update(id, { name: 'Renamed' })).toMatchObject({ image: 'Stable' });
      expect(agent.server(id).spec).toMatchObject({ image: 'registry.example/game:1' });
    });

    it.each(['Nightly', 'constructor', '__proto__'])('is refused when it is %s', async (image) => {
      expect(await failure(create({ image }))).toMatchObject({ code: 'invalid_input', paths: ['image'] });
    });

    it('is refused for a process', async () => {
      const refused = await failure(create({ image: 'Stable', runtime: 'process' }));
      expect(refused).toMatchObject({ code: 'invalid_input', paths: ['image'] });
    });
  });

  describe('the startup line', () => {
    const lined = (more: object = {}) => contained({ templateId: 'line-game', ...more });

    it('is one of the template, and another from the next start', async () => {
      const server = await installedServer(panel.admin, agent, lined());
      expect(server.startupLine).toBe('Usual');
      expect(agent.server(server.id).spec?.environment.STARTUP).toBe('./game {{TITLE}}');
      expect(await update(server.id, { startupLine: 'Careful' })).toMatchObject({ startupLine: 'Careful' });
      expect(agent.server(server.id).spec?.environment.STARTUP).toBe('./game --safe {{TITLE}}');
      expect(await create({ templateId: 'line-game', startupLine: 'Careful' })).toMatchObject({
        startupLine: 'Careful',
      });
    });

    it.each(['Other', 'constructor', '__proto__'])('is refused when it is %s', async (startupLine) => {
      const refused = { code: 'invalid_input', paths: ['startupLine'] };
      expect(await failure(create({ templateId: 'line-game', startupLine }))).toMatchObject(refused);
      expect(await failure(create({ startupLine }))).toMatchObject(refused);
    });

    it.each([
      [1000, 1150],
      [4096, 4506],
      [8192, 8602],
    ])('is told of %s MB, beside which the game has some more', async (allocatedMemoryMb, memoryMb) => {
      const { id } = await installedServer(panel.admin, agent, lined({ allocatedMemoryMb }));
      const { environment, limits } = agent.server(id).spec ?? {};
      expect([environment?.SERVER_MEMORY, limits?.memoryMb]).toEqual([String(allocatedMemoryMb), memoryMb]);
    });
  });

  describe('ports', () => {
    const ports = (server: { portBindings: { name: string; port: number }[] }) =>
      server.portBindings.map(({ name, port }) => `${name} ${port}`);

    it('are chosen, named, or added, and the game is told those of its own network', async () => {
      const server = await installedServer(
        panel.admin,
        agent,
        contained({
          portBindings: [
            { name: 'query', port: 30_001 },
            { name: 'rcon', ip: '127.0.0.1', port: 30_002, protocol: 'tcp', targetPort: 25_575 },
            { port: 30_003, protocol: 'udp' },
          ],
          primaryPort: 30_000,
        }),
      );
      expect(server.portBindings).toMatchObject([
        {
          name: 'game',
          ip: '0.0.0.0',
          port: 30_000,
          protocol: 'both',
          address: '192.0.2.10:30000',
          primary: true,
        },
        { name: 'query', ip: '0.0.0.0', port: 30_001, protocol: 'udp', address: '192.0.2.10:30001' },
        {
          ...{ name: 'rcon', ip: '127.0.0.1', port: 30_002, protocol: 'tcp', targetPort: 25_575 },
          address: '127.0.0.1:30002',
        },
        { name: 'port-1', ip: '0.0.0.0', port: 30_003, protocol: 'udp', address: '192.0.2.10:30003' },
      ]);
      expect(agent.server(server.id).spec).toMatchObject({
        network: { mode: 'bridge' },
        environment: { SERVER_PORT: '30000', SERVER_IP: '0.0.0.0', PORT_QUERY: '30001', PORT_RCON: '25575' },
      });
      expect(agent.server(server.id).spec?.ports[2]).toEqual({
        ...{ name: 'rcon', ip: '127.0.0.1', port: 30_002, protocol: 'tcp', targetPort: 25_575 },
      });
    });

    it('are added and removed later; what is given up is free again', async () => {
      const server = await installedServer(panel.admin, agent, contained({ primaryPort: 30_100 }));
      const own = server.portBindings.map(({ address, ...binding }) => binding);
      const more = await update(server.id, {
        portBindings: [...own, { name: 'map', port: 30_110, protocol: 'tcp' }, { name: 'chosen' }],
      });
      expect(ports(more)).toEqual([
        'game 30100',
        expect.stringMatching('^query '),
        'map 30110',
        'chosen 30101',
      ]);
      expect(agent.server(server.id).spec?.ports).toHaveLength(4);
      expect(await failure(create({ primaryPort: 30_110 }))).toMatchObject({ code: 'port_taken' });
      await update(server.id, { portBindings: own });
      expect(ports(await create({ primaryPort: 30_110 }))[0]).toBe('game 30110');
    });

    it('may change their number, and swap it among themselves', async () => {
      const server = await installedServer(
        panel.admin,
        agent,
        contained({
          portBindings: [
            { name: 'game', port: 30_200 },
            { name: 'query', port: 30_201 },
          ],
        }),
      );
      const swapped = await update(server.id, {
        portBindings: [
          { name: 'game', port: 30_201 },
          { name: 'query', port: 30_200 },
        ],
      });
      expect(ports(swapped)).toEqual(['game 30201', 'query 30200']);
    });

    it.each([
      ['0.0.0.0', '0.0.0.0', true, 30_300],
      ['0.0.0.0', '192.0.2.10', true, 30_301],
      ['192.0.2.10', '0.0.0.0', true, 30_302],
      ['192.0.2.10', '192.0.2.11', false, 30_303],
      ['192.0.2.10', '192.0.2.10', true, 30_304],
    ])('on %s and %s meet: %s', async (first, second, isTaken, port) => {
      const at = (ip: string, name: string) =>
        failure(create({ name, portBindings: [{ name: 'extra', ip, port, protocol: 'tcp' }] }));
      expect(await at(first, 'The first')).toBeNull();
      const result = await at(second, 'The second');
      if (!isTaken) return expect(result).toBeNull();
      expect(result).toMatchObject({ code: 'port_taken', paths: ['portBindings.0.port'] });
      expect(result?.message).toMatch(/is held by the server "The first"$/);
    });

    it('that a program of the machine holds are refused, naming it', async () => {
      agent.busyPorts.set('31500/tcp', 'java (pid 812)');
      expect(await failure(create({ portBindings: [{ port: 31_500 }] }))).toMatchObject({
        code: 'port_taken',
        message: 'Port 31500/tcp is held by java (pid 812)',
      });
      const { id } = await installedServer(panel.admin, agent, contained());
      expect(await failure(update(id, { portBindings: [{ name: 'x', port: 31_500 }] }))).toMatchObject({
        paths: ['portBindings'],
        message: 'The game needs its port "game", which cannot be given up',
      });
    });

    it.each([
      [
        {
          portBindings: [
            { name: 'a', port: 31_600 },
            { name: 'a', port: 31_601 },
          ],
        },
        'portBindings.1.name',
      ],
      [{ portBindings: [{ port: 31_600 }, { ip: '192.0.2.10', port: 31_600 }] }, 'portBindings.1.port'],
      [{ portBindings: [{ name: 'game', port: 31_600 }], primaryPort: 31_601 }, 'primaryPort'],
      [{ portBindings: [{ ip: '::1', port: 31_600 }] }, 'portBindings.0.ip'],
      [{ portBindings: [{ ip: 'localhost', port: 31_600 }] }, 'portBindings.0.ip'],
      [{ portBindings: [{ port: 80 }] }, 'portBindings.0.port'],
      [{ portBindings: [{ name: 'No Name' }] }, 'portBindings.0.name'],
      [
        { networkMode: 'host', portBindings: [{ port: 31_600, targetPort: 80 }] },
        'portBindings.0.targetPort',
      ],
    ])('are refused as in %j', async (more, path) => {
      const refused = await failure(create(more));
      expect(refused?.code).toBe('invalid_input');
      expect(refused?.paths.map((one: string) => one.replace(/^body\./, ''))).toContain(path);
    });

    it('of one server go to the first of those that ask at once', async () => {
      const servers = await Promise.all(
        [1, 2, 3, 4].map(() => installedServer(panel.admin, agent, contained())),
      );
      const results = await Promise.all(
        servers.map(({ id, portBindings }) =>
          failure(
            update(id, {
              portBindings: [
                ...portBindings.map(({ address, ...one }) => one),
                { name: 'prize', port: 31_700 },
              ],
            }),
          ),
        ),
      );
      expect(results.filter((result) => result === null)).toHaveLength(1);
      expect(results.filter((result) => result?.code === 'port_taken')).toHaveLength(3);
    });

    it('are changed while the node is away, without asking it', async () => {
      const away = await containerNode(panel, 'away');
      const server = await installedServer(panel.admin, away, { ...contained(), nodeId: away.nodeId });
      away.disconnect();
      const node = { params: { id: away.nodeId } };
      await expect.poll(async () => (await panel.admin.api.nodes.get(node)).status).toBe('offline');
      const own = server.portBindings.map(({ address, ...one }) => one);
      expect(
        ports(await update(server.id, { portBindings: [...own, { name: 'later', port: 31_800 }] })),
      ).toContain('later 31800');
      expect(await failure(create({ nodeId: away.nodeId }))).toMatchObject({ code: 'node_offline' });
      await away.connect();
      await vi.waitFor(() => expect(away.server(server.id).spec?.ports).toHaveLength(3));
    });
  });

  describe('limits', () => {
    const fine = { swapMb: 256, pids: 64, cpuPinning: '0-1', ioWeight: 50 };

    it('are kept, sent, changed and taken back', async () => {
      const server = await installedServer(panel.admin, agent, contained(fine));
      expect(server).toMatchObject(fine);
      expect(agent.server(server.id).spec?.limits).toMatchObject(fine);
      expect(await update(server.id, { cpuPinning: null, ioWeight: null, swapMb: 0 })).toMatchObject({
        ...{ cpuPinning: null, ioWeight: null, swapMb: 0, pids: 64 },
      });
      const limits = agent.server(server.id).spec?.limits;
      expect(limits).not.toHaveProperty('cpuPinning');
      expect(limits).not.toHaveProperty('ioWeight');
    });

    it.each([{ pids: 1 }, { pids: 1e6 }, { swapMb: -1 }, { cpuPinning: 'all' }, { ioWeight: 5 }])(
      'are refused as in %j',
      async (more) => {
        expect(await failure(create(more))).toMatchObject({ code: 'invalid_input' });
      },
    );
  });

  describe('who may choose', () => {
    it.each([
      ['server.limits', { swapMb: 1024 }, ['swapMb']],
      ['server.limits', { cpuPinning: '0' }, ['cpuPinning']],
      ['node.update', { networkMode: 'host' }, ['networkMode']],
      ['node.update', { runtime: 'process' }, ['runtime']],
    ])('takes %s for %j', async (permission, more, paths) => {
      expect(await failure(create(more, host))).toEqual({
        code: 'forbidden',
        message: expect.stringMatching(`needs the permission ${permission}$`),
        paths,
      });
      expect(await failure(create(more))).toBeNull();
    });

    it('takes nothing for what is usual anyway', async () => {
      expect(
        await failure(create({ swapMb: 0, pids: 512, networkMode: 'bridge', runtime: 'containerd' }, host)),
      ).toBeNull();
      expect(
        await failure(create({ nodeId: plain.nodeId, runtime: 'process', networkMode: 'host' }, host)),
      ).toBeNull();
    });

    it('takes server.limits for a network of the node', async () => {
      await panel.admin.api.networks.create({
        params: { id: agent.nodeId },
        body: { name: 'lan', kind: 'ipvlan', parent: 'eth0', subnet: '10.20.0.0/24' },
      });
      const inside = { networkMode: 'lan', staticIp: '10.20.0.5' };
      const server = await installedServer(panel.admin, agent, contained());
      expect(await failure(create(inside, host))).toMatchObject({
        code: 'forbidden',
        paths: ['networkMode'],
      });
      expect(await failure(update(server.id, inside, host))).toMatchObject({ code: 'forbidden' });
      expect(await failure(update(server.id, { networkMode: 'host' }, host))).toMatchObject({
        code: 'forbidden',
      });
      expect(await failure(update(server.id, inside))).toBeNull();
      // Nothing of it changes.
      expect(await failure(update(server.id, inside, host))).toBeNull();
    });

    it('lets an owner change his ports and image, and others neither', async () => {
      const owner = await panel.createUser('owner');
      const server = await installedServer(panel.admin, agent, contained());
      await panel.panel.core.database
        .getRepository(ServerEntity)
        .update({ id: server.id }, { ownerId: owner.userId });
      panel.panel.core.serverIndex.add({ ...server, nodeId: agent.nodeId, ownerId: owner.userId });
      const own = server.portBindings.map(({ address, ...one }) => one);
      const portBindings = [...own, { name: 'mine', port: 32_000 }];
      expect(await failure(update(server.id, { portBindings }, owner))).toBeNull();
      expect(await failure(update(server.id, { image: 'Beta' }, owner))).toBeNull();
      expect(await failure(update(server.id, { pids: 1000 }, owner))).toMatchObject({ code: 'forbidden' });
      expect(await failure(update(server.id, { portBindings: own }, host))).toMatchObject({
        code: 'forbidden',
        paths: ['portBindings'],
      });
      expect(await failure(update(server.id, { image: 'Beta' }, panel.user))).toMatchObject({
        code: 'not_found',
      });
    });
  });

  describe('its terminal', () => {
    const size = { columns: 120, rows: 40 };

    it('takes the size that was said last, while it runs', async () => {
      const { id } = await runningServer(panel.admin, agent, contained());
      const socket = await TestSocket.connected(panel.url, panel.admin.token);
      await socket.call('console:resize', { serverId: id, ...size });
      await socket.call('console:resize', { serverId: id, ...size, columns: 80 });
      expect(agent.resizes.filter(({ serverId }) => serverId === id)).toEqual([
        { serverId: id, ...size },
        { serverId: id, ...size, columns: 80 },
      ]);
      await panel.admin.api.servers.stop({ params: { id } });
      await vi.waitFor(async () => {
        expect((await panel.admin.api.servers.get({ params: { id } })).state).toBe('stopped');
      });
      const before = agent.resizes.length;
      await socket.call('console:resize', { serverId: id, ...size });
      expect(agent.resizes).toHaveLength(before);
      socket.close();
    });

    it('takes it from those who may write, not too often, and only what can be', async () => {
      const { id } = await runningServer(panel.admin, agent, contained());
      const stranger = await TestSocket.connected(panel.url, panel.user.token);
      expect(await failure(stranger.call('console:resize', { serverId: id, ...size }))).toMatchObject({
        code: 'not_found',
      });
      stranger.close();
      const reader = await TestSocket.connected(panel.url, host.token);
      expect(await failure(reader.call('console:resize', { serverId: id, ...size }))).toMatchObject({
        code: 'forbidden',
      });
      reader.close();
      const socket = await TestSocket.connected(panel.url, panel.admin.token);
      expect(
        await failure(socket.call('console:resize', { serverId: id, columns: 0, rows: 40 })),
      ).toMatchObject({
        code: 'invalid_input',
      });
      const many = await Promise.all(
        Array.from({ length: 60 }, () => failure(socket.call('console:resize', { serverId: id, ...size }))),
      );
      expect(many.some((result) => result?.code === 'rate_limited')).toBe(true);
      expect(many.some((result) => result === null)).toBe(true);
      socket.close();
    });
  });
});

async function giveRole(panel: TestPanel, client: TestClient, permissions: string[]): Promise<void> {
  const { database, sessions } = panel.panel.core;
  const role = {
    id: '01990000-0000-7000-8000-000000000001',
    builtIn: null,
    name: 'Host',
    createdAt: new Date(),
  };
  await database.getRepository(RoleEntity).insert({ ...role, permissions: permissions as never });
  await database.getRepository(UserEntity).update({ id: client.userId }, { roleId: role.id });
  const owner = await panel.panel.core.users.findByEmail('host@example.com');
  if (!owner) throw new Error('There is no such user');
  const { token } = await sessions.create(owner, { ip: '127.0.0.1', userAgent: 'test' });
  Object.assign(client, { token, api: panel.clientFor(token) });
}
