import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { containerNode } from '../../testing/container-node.ts';
import type { FakeAgent } from '../../testing/fake-agent.ts';
import { createAtOnce } from '../../testing/port-rounds.ts';
import { newTemplate } from '../../testing/test-egg.ts';
import { type TestClient, type TestPanel, testDatabases, testPanel } from '../../testing/test-panel.ts';
import { roleWith } from '../../testing/test-people.ts';
import { installedServer, newServer } from '../../testing/test-servers.ts';

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    ({ code, message, issues = [] }) => ({
      ...{ code, message },
      paths: issues.map((one: { path: string }) => one.path.replace(/^body\./, '')),
    }),
  );

const numbersOf = ({ portBindings }: { portBindings: readonly { name: string; port: number }[] }) =>
  Object.fromEntries(portBindings.map(({ name, port }) => [name, port]));

describe.each(testDatabases)('ports that follow another on %s', (database) => {
  let panel: TestPanel;
  let agent: FakeAgent;
  /** May create servers and nothing else: bound to the pools. */
  let creator: TestClient;
  let nodes = 0;

  const pool = (ports: string, more: object = {}) =>
    panel.admin.api.portPools.create({ params: { id: agent.nodeId }, body: { ports, ...more } });
  const body = (more: object = {}) => newServer(agent, { templateId: 'steam-game', ...more });
  const create = (more: object = {}, client: TestClient = panel.admin) =>
    client.api.servers.create({ body: body(more) });
  const update = (id: string, changes: object) =>
    panel.admin.api.servers.update({ params: { id }, body: changes });

  beforeAll(async () => {
    panel = await testPanel({ database });
    creator = await panel.createUser('creator', (await roleWith(panel, ['server.create'])) as never);
    await panel.admin.api.templates.create({
      body: newTemplate({
        id: 'steam-game',
        images: { Stable: 'registry.example/game:1' },
        startup: { argv: ['game', '{{SERVER_PORT}}', '{{PORT_QUERY}}'] },
        ports: [
          { name: 'game', label: 'Game', protocol: 'udp', preferred: 27_015 },
          {
            ...{ name: 'query', label: 'Query', protocol: 'udp', preferred: 27_016 },
            offset: { from: 'game', by: 1 },
          },
          {
            ...{ name: 'rcon', label: 'Remote console', protocol: 'tcp', preferred: 27_015 },
            offset: { from: 'game', by: 0 },
          },
        ],
      }),
    });
  });
  beforeEach(async () => {
    agent = await containerNode(panel, `node-${++nodes}`);
  });
  afterAll(() => panel.close());

  it('are chosen together with it, past what servers and the machine hold', async () => {
    expect(numbersOf(await create())).toEqual({ game: 27_015, query: 27_016, rcon: 27_015 });
    // 27016 is the query port of the first; 27018 is free, but what follows it is not.
    agent.busyPorts.set('27018/tcp', 'nginx');
    agent.busyPorts.set('27020/udp', 'dnsmasq');
    expect(numbersOf(await create())).toEqual({ game: 27_017, query: 27_018, rcon: 27_017 });
    expect(numbersOf(await create())).toEqual({ game: 27_021, query: 27_022, rcon: 27_021 });
  });

  it('are in the pools as well, on one address, or the whole set is nowhere', async () => {
    await pool('20001, 20003-20004', { ips: ['192.0.2.10'] });
    await pool('20002, 20004', { ips: ['192.0.2.11'] });
    const { portBindings } = await create({}, creator);
    expect(portBindings.map(({ ip, port }) => `${ip} ${port}`)).toEqual([
      '192.0.2.10 20003',
      '192.0.2.10 20004',
      '192.0.2.10 20003',
    ]);
    expect(await failure(create({}, creator))).toMatchObject({
      code: 'no_free_port',
      message: 'The pools of the node have no room left for "game" with "query" at +1, "rcon" at +0',
    });
    expect(await failure(create({ primaryPort: 20_001 }, creator))).toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('Port 20002, for "query", is in no pool of the node'),
      paths: ['primaryPort'],
    });
  });

  it('go where it is asked to go, or name what is in the way', async () => {
    expect(numbersOf(await create({ primaryPort: 5000, name: 'Alpha' }))).toEqual({
      ...{ game: 5000, query: 5001, rcon: 5000 },
    });
    expect(await failure(create({ portBindings: [{ name: 'game', port: 4999 }] }))).toEqual({
      code: 'port_taken',
      message: 'Port 5000/udp, for "query", is held by the server "Alpha"',
      paths: ['portBindings.0.port'],
    });
    agent.busyPorts.set('6000/tcp', 'nginx');
    expect(await failure(create({ primaryPort: 6000 }))).toMatchObject({
      message: 'Port 6000/tcp, for "rcon", is held by nginx',
    });
    const twice = {
      portBindings: [
        { name: 'game', port: 7000 },
        { port: 7001, protocol: 'udp' },
      ],
    };
    expect(await failure(create(twice))).toMatchObject({ code: 'invalid_input' });
    expect(await failure(create({ primaryPort: 65_535 }))).toMatchObject({
      code: 'invalid_input',
      message: 'primaryPort leaves no port for "query", which would be 65536',
    });
  });

  it('cannot be asked for apart from it', async () => {
    const query = (more: object) => create({ portBindings: [{ name: 'query', ...more }] });
    expect(await failure(query({ port: 5001 }))).toMatchObject({
      ...{ code: 'invalid_input', paths: ['portBindings.0.port'] },
      message: expect.stringContaining('follows "game": ask for that one instead'),
    });
    expect(await failure(create({ portBindings: [{ name: 'rcon', protocol: 'udp' }] }))).toMatchObject({
      code: 'invalid_input',
      paths: ['portBindings'],
    });
    expect(await failure(query({ ip: '192.0.2.10' }))).toMatchObject({ paths: ['portBindings.0.ip'] });
    const both = (port: number) =>
      create({
        portBindings: [
          { name: 'game', port: 8000, targetPort: 9000 },
          { name: 'query', port },
        ],
      });
    expect(await failure(both(8002))).toMatchObject({
      message: expect.stringContaining('so it can only be 8001'),
    });
    expect((await both(8001)).portBindings).toMatchObject([
      { name: 'game', port: 8000, targetPort: 9000 },
      { name: 'query', port: 8001, targetPort: 9001 },
      { name: 'rcon', port: 8000, targetPort: 9000 },
    ]);
  });

  it('move along when it moves, and the game is told at its next start', async () => {
    const { id, portBindings } = await installedServer(panel.admin, agent, body({ primaryPort: 5000 }));
    // As a form sends them: all that it was shown, with one number changed.
    const sent = portBindings.map(({ name, port }) => ({ name, port: name === 'game' ? 5100 : port }));
    expect(numbersOf(await update(id, { portBindings: sent }))).toEqual({
      ...{ game: 5100, query: 5101, rcon: 5100 },
    });
    agent.isObedient = true;
    await panel.admin.api.servers.start({ params: { id } });
    await expect.poll(() => agent.server(id).spec?.argv).toEqual(['game', '5100', '5101']);
    agent.busyPorts.set('5201/udp', 'dnsmasq');
    const shorter = [{ name: 'game', port: 5200 }, { name: 'query' }, { name: 'rcon' }];
    expect(await failure(update(id, { portBindings: shorter }))).toEqual({
      code: 'port_taken',
      message: 'Port 5201/udp, for "query", is held by dnsmasq',
      paths: ['portBindings.0.port'],
    });
  });

  it('are found anew for a clone, and stay beside it in another network', async () => {
    const ports = [{ name: 'game', port: 5000, targetPort: 6000 }];
    const { id, name } = await installedServer(panel.admin, agent, body({ portBindings: ports }));
    const clone = await panel.admin.api.servers.clone({ params: { id }, body: { name: `${name} 2` } });
    expect(clone.portBindings).toMatchObject([
      { name: 'game', port: 27_015, targetPort: 6000 },
      { name: 'query', port: 27_016, targetPort: 6001 },
      { name: 'rcon', port: 27_015, targetPort: 6000 },
    ]);
    const moved = await update(id, { networkMode: 'host' });
    expect(numbersOf(moved)).toEqual({ game: 5000, query: 5001, rcon: 5000 });
    expect(moved.portBindings.every(({ targetPort }) => targetPort === undefined)).toBe(true);
  });

  it('come to servers from before their template said so when their ports are changed', async () => {
    const params = { id: 'steam-game' };
    const { ports } = await panel.admin.api.templates.get({ params });
    const apart = ports.map(({ offset: _, ...port }) => port);
    await panel.admin.api.templates.update({ params, body: { ports: apart } });
    const portBindings = [
      { name: 'game', port: 5000 },
      { name: 'query', port: 5500, targetPort: 5501 },
      { name: 'rcon', port: 5600 },
    ];
    const { id } = await installedServer(panel.admin, agent, body({ portBindings }));
    await panel.admin.api.templates.update({ params, body: { ports } });
    expect(numbersOf(await update(id, { name: 'Old' }))).toEqual({ game: 5000, query: 5500, rcon: 5600 });
    expect(
      await failure(panel.admin.api.servers.clone({ params: { id }, body: { name: 'New' } })),
    ).toBeNull();
    expect(numbersOf(await update(id, { portBindings }))).toEqual({ game: 5000, query: 5001, rcon: 5000 });
  });

  it('are given to exactly one of 100 at once', async () => {
    await panel.admin.api.nodes.update({ params: { id: agent.nodeId }, body: { maxMemoryMb: 500_000 } });
    await pool('20000-20009');
    const { servers, refusals } = await createAtOnce(panel.admin.api, agent, 100, {
      templateId: 'steam-game',
    });
    expect(servers.map(({ primaryPort }) => primaryPort).sort()).toEqual([
      20_000, 20_002, 20_004, 20_006, 20_008,
    ]);
    for (const server of servers) {
      const { game = 0, query } = numbersOf(server);
      expect(query).toBe(game + 1);
    }
    expect(refusals).toEqual(Array.from({ length: 95 }, () => 'no_free_port'));
  });
});
