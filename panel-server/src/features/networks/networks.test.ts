import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { containerNode } from '../../testing/container-node.ts';
import type { FakeAgent } from '../../testing/fake-agent.ts';
import { type TestPanel, testDatabases, testPanel } from '../../testing/test-panel.ts';
import { installedServer, newServer } from '../../testing/test-servers.ts';
import { testTemplates } from '../../testing/test-template.ts';

const lan = { kind: 'macvlan', parent: 'eth0', subnet: '192.168.7.0/24', gateway: '192.168.7.1' } as const;
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    ({ code, message, issues = [] }) => ({
      code,
      message,
      paths: issues.map((one: { path: string }) => one.path),
    }),
  );

describe.each(testDatabases)('networks of nodes on %s', (database) => {
  let panel: TestPanel;
  let agent: FakeAgent;
  let names = 0;
  const params = () => ({ id: agent.nodeId });
  const define = (more: object = {}) =>
    panel.admin.api.networks.create({
      params: params(),
      body: { name: `net-${++names}`, ...lan, ...more } as never,
    });
  const contained = (more: object = {}) => newServer(agent, { templateId: 'container-game', ...more });

  beforeAll(async () => {
    panel = await testPanel({ database, options: { templates: testTemplates() } });
    agent = await containerNode(panel);
  });
  afterAll(() => panel.close());

  it('are defined, listed, changed and removed', async () => {
    const made = await define({ name: 'lan', subnet: '192.168.7.55/24' });
    expect(made).toMatchObject({ name: 'lan', ...lan, plugins: null, addresses: [], serverCount: 0 });
    const chain = await panel.admin.api.networks.create({
      params: params(),
      body: { name: 'chain', kind: 'cni', plugins: [{ type: 'bridge', bridge: 'br7', isGateway: true }] },
    });
    expect(chain).toMatchObject({
      kind: 'cni',
      parent: null,
      plugins: [{ type: 'bridge', bridge: 'br7', isGateway: true }],
    });
    const listed = await panel.admin.api.networks.list({ params: params() });
    expect(listed.items.map(({ name }) => name)).toEqual(['chain', 'lan']);
    const changed = await panel.admin.api.networks.update({
      params: { ...params(), networkId: made.id },
      body: { parent: 'eth1', gateway: null },
    });
    expect(changed).toMatchObject({ id: made.id, parent: 'eth1', subnet: '192.168.7.0/24', gateway: null });
    for (const { id } of [made, chain]) {
      await panel.admin.api.networks.delete({ params: { ...params(), networkId: id } });
    }
    expect((await panel.admin.api.networks.list({ params: params() })).items).toEqual([]);
  });

  it.each([
    [{ name: 'bridge' }, 'name'],
    [{ name: 'Upper Case' }, 'name'],
    [{ subnet: '192.168.7.0/33' }, 'subnet'],
    [{ subnet: 'everything' }, 'subnet'],
    [{ gateway: '10.0.0.1' }, 'gateway'],
    [{ parent: '-p; rm' }, 'parent'],
    [{ kind: 'cni' }, 'plugins'],
    [
      {
        kind: 'cni',
        parent: undefined,
        subnet: undefined,
        gateway: undefined,
        plugins: [{ type: '../../sh' }],
      },
      'plugins.0.type',
    ],
    [{ kind: 'overlay' }, 'kind'],
  ])('refuse %j and name the field', async (more, path) => {
    const refused = await failure(define(more));
    expect(refused).toMatchObject({ code: 'invalid_input' });
    expect(refused?.paths.map((one: string) => one.replace(/^body\./, ''))).toContain(path);
  });

  it('have names that are one of a kind on their node', async () => {
    const { name } = await define();
    expect(await failure(define({ name }))).toMatchObject({ code: 'conflict', paths: ['name'] });
    const other = await containerNode(panel, 'another');
    await panel.admin.api.networks.create({ params: { id: other.nodeId }, body: { name, ...lan } });
  });

  it('keep to their kind', async () => {
    const { id: networkId } = await define();
    const change = (body: object) =>
      failure(panel.admin.api.networks.update({ params: { ...params(), networkId }, body }));
    expect(await change({ plugins: [{ type: 'bridge' }] })).toMatchObject({ code: 'invalid_input' });
    expect(await change({ gateway: '10.0.0.1' })).toMatchObject({
      code: 'invalid_input',
      paths: ['gateway'],
    });
  });

  it('are not found under another node', async () => {
    const { id: networkId } = await define();
    const other = await containerNode(panel, 'stranger');
    const wrong = { id: other.nodeId, networkId };
    expect(await failure(panel.admin.api.networks.delete({ params: wrong }))).toMatchObject({
      code: 'not_found',
    });
    expect(await failure(panel.admin.api.networks.update({ params: wrong, body: {} }))).toMatchObject({
      code: 'not_found',
    });
  });

  it('cannot be removed, nor made too small, while servers are in them', async () => {
    const { id: networkId, name } = await define();
    const place = { params: { ...params(), networkId } };
    const server = await installedServer(
      panel.admin,
      agent,
      contained({ name: 'Dweller', networkMode: name, staticIp: '192.168.7.40' }),
    );
    expect(await failure(panel.admin.api.networks.delete(place))).toEqual({
      code: 'conflict',
      message: `The network ${name} is used by "Dweller"`,
      paths: [],
    });
    expect(
      await failure(panel.admin.api.networks.update({ ...place, body: { subnet: '192.168.7.0/27' } })),
    ).toMatchObject({
      code: 'conflict',
      message: '192.168.7.40 of "Dweller" must be an address of 192.168.7.0/27',
    });
    const [listed] = (await panel.admin.api.networks.list({ params: params() })).items.filter(
      ({ id }) => id === networkId,
    );
    expect(listed).toMatchObject({
      serverCount: 1,
      addresses: [{ address: '192.168.7.40', serverId: server.id, serverName: 'Dweller' }],
    });
    await panel.admin.api.servers.delete({ params: { id: server.id } });
    await expect.poll(() => failure(panel.admin.api.networks.delete(place))).toBeNull();
  });

  it('keep the address of a deleted server until its node has removed it', async () => {
    const away = await containerNode(panel, 'away');
    const place = { params: { id: away.nodeId } };
    const network = await panel.admin.api.networks.create({ ...place, body: { name: 'lan', ...lan } });
    const wish = { templateId: 'container-game', networkMode: 'lan', staticIp: '192.168.7.9' };
    const server = await installedServer(panel.admin, away, { ...wish, nodeId: away.nodeId });
    away.disconnect();
    await expect.poll(async () => (await panel.admin.api.nodes.get(place)).status).toBe('offline');
    await panel.admin.api.servers.delete({ params: { id: server.id } });
    const remove = () =>
      failure(panel.admin.api.networks.delete({ params: { id: away.nodeId, networkId: network.id } }));
    expect(await remove()).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('deleted server'),
    });
    const { items } = await panel.admin.api.networks.list(place);
    expect(items).toMatchObject([{ serverCount: 0, addresses: [{ serverName: null }] }]);
    await away.connect();
    await expect.poll(remove).toBeNull();
  });

  it('are for administrators: others neither see nor touch them', async () => {
    const { id: networkId } = await define();
    const { api } = panel.user;
    const place = { params: { ...params(), networkId } };
    for (const call of [
      () => api.networks.list({ params: params() }),
      () => api.networks.create({ params: params(), body: { name: 'mine', ...lan } }),
      () => api.networks.update({ ...place, body: {} }),
      () => api.networks.delete(place),
    ]) {
      expect(await failure(call())).toMatchObject({ code: 'forbidden' });
    }
  });

  describe('servers in them', () => {
    it('have an address of their own, at which they are reached', async () => {
      const { name } = await define({ subnet: '10.7.0.0/16', gateway: '10.7.0.1' });
      const server = await installedServer(
        panel.admin,
        agent,
        contained({ networkMode: name, staticIp: '10.7.1.5' }),
      );
      expect(server).toMatchObject({ networkMode: name, staticIp: '10.7.1.5', address: '10.7.1.5:25565' });
      // Another address: nobody else's ports are in the way.
      const second = await installedServer(
        panel.admin,
        agent,
        contained({ networkMode: name, staticIp: '10.7.1.6' }),
      );
      expect(second.primaryPort).toBe(25_565);
      expect(agent.server(server.id).spec).toMatchObject({
        network: { mode: 'macvlan', parent: 'eth0', address: '10.7.1.5/16', gateway: '10.7.0.1' },
        environment: { SERVER_IP: '0.0.0.0', SERVER_PORT: '25565' },
      });
    });

    it.each([
      [{}, 'staticIp', 'needs an address of 10.8.0.0/24'],
      [{ staticIp: '10.9.0.5' }, 'staticIp', 'must be an address of 10.8.0.0/24'],
      [{ staticIp: '10.8.0.1' }, 'staticIp', 'is the gateway'],
      [{ staticIp: '10.8.0.255' }, 'staticIp', 'broadcast'],
      [{ networkMode: 'nowhere', staticIp: '10.8.0.5' }, 'networkMode', 'no network named nowhere'],
      [{ networkMode: 'bridge', staticIp: '10.8.0.5' }, 'staticIp', 'no address of its own'],
      [
        { staticIp: '10.8.0.5', portBindings: [{ name: 'game', port: 25_565, targetPort: 80 }] },
        'portBindings.0.targetPort',
        'reached at the port it listens on',
      ],
      [{ staticIp: '10.8.0.5', templateId: 'test-game' }, 'networkMode', 'as a process'],
    ])('cannot be created with %j', async (more, path, words) => {
      const { name } = await define({ subnet: '10.8.0.0/24', gateway: '10.8.0.1' });
      const body = contained({ networkMode: name, ...more });
      expect(await failure(panel.admin.api.servers.create({ body }))).toMatchObject({
        code: 'invalid_input',
        message: expect.stringContaining(words),
        paths: [path],
      });
    });

    it('get an address of which only one can have it, though all ask at once', async () => {
      const { name } = await define({ subnet: '10.10.0.0/24', gateway: null });
      const results = await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          failure(
            panel.admin.api.servers.create({
              body: contained({ name: `Racer ${index}`, networkMode: name, staticIp: '10.10.0.5' }),
            }),
          ),
        ),
      );
      expect(results.filter((result) => result === null)).toHaveLength(1);
      for (const result of results.filter((one) => one !== null)) {
        expect(result).toMatchObject({ code: 'conflict', paths: ['staticIp'] });
        expect(result?.message).toMatch(/^The address 10\.10\.0\.5 is used by the server "Racer \d"$/);
      }
    });

    it('move in and out, with ports to match, and take another address', async () => {
      const { id: networkId, name } = await define({ subnet: '10.11.0.0/24', gateway: null });
      const { id, primaryPort } = await installedServer(panel.admin, agent, contained());
      const update = (body: object) => panel.admin.api.servers.update({ params: { id }, body });
      expect(await update({ networkMode: name, staticIp: '10.11.0.5' })).toMatchObject({
        networkMode: name,
        staticIp: '10.11.0.5',
        address: `10.11.0.5:${primaryPort}`,
      });
      expect(await update({ staticIp: '10.11.0.6' })).toMatchObject({ address: `10.11.0.6:${primaryPort}` });
      expect(agent.server(id).spec?.network).toMatchObject({ address: '10.11.0.6/24' });
      expect(await failure(update({ staticIp: null }))).toMatchObject({ paths: ['staticIp'] });
      expect(await update({ networkMode: 'bridge' })).toMatchObject({
        networkMode: 'bridge',
        staticIp: null,
        address: `192.0.2.10:${primaryPort}`,
      });
      await panel.admin.api.networks.delete({ params: { ...params(), networkId } });
    });

    it('behind plugins have what those give', async () => {
      const plugins = [{ type: 'bridge', bridge: 'br9' }, { type: 'portmap' }];
      const { name } = await panel.admin.api.networks.create({
        params: params(),
        body: { name: 'behind', kind: 'cni', plugins },
      });
      const server = await installedServer(panel.admin, agent, contained({ networkMode: name }));
      expect(server).toMatchObject({ networkMode: name, staticIp: null });
      expect(agent.server(server.id).spec?.network).toEqual({ mode: 'cni', name, plugins });
      const body = contained({ networkMode: name, staticIp: '10.0.0.1' });
      expect(await failure(panel.admin.api.servers.create({ body }))).toMatchObject({ paths: ['staticIp'] });
    });

    it('are created where the network is, when no node is named', async () => {
      await define({ name: 'only-here', subnet: '10.12.0.0/24', gateway: null });
      await containerNode(panel, 'bigger', { maxMemoryMb: 100_000 });
      const body = { ...contained({ networkMode: 'only-here', staticIp: '10.12.0.2' }), nodeId: undefined };
      expect((await panel.admin.api.servers.create({ body })).node.id).toBe(agent.nodeId);
      expect(
        await failure(panel.admin.api.servers.create({ body: { ...body, networkMode: 'no-where' } })),
      ).toMatchObject({ code: 'invalid_input', paths: ['networkMode'] });
    });
  });
});
