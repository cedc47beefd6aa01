import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { containerNode } from '../../testing/container-node.ts';
import type { FakeAgent } from '../../testing/fake-agent.ts';
import { type TestClient, type TestPanel, testDatabases, testPanel } from '../../testing/test-panel.ts';
import { roleWith } from '../../testing/test-people.ts';
import { installedServer, newServer } from '../../testing/test-servers.ts';
import { testTemplates } from '../../testing/test-template.ts';

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    ({ code, message, issues = [] }) => ({
      code,
      message,
      words: issues.map((one: { message: string }) => one.message).join(),
      paths: issues.map((one: { path: string }) => one.path.replace(/^body\./, '')),
    }),
  );

describe.each(testDatabases)('pools of ports on %s', (database) => {
  let panel: TestPanel;
  let agent: FakeAgent;
  /** May create servers on all nodes and nothing else. */
  let creator: TestClient;
  let nodes = 0;

  const params = () => ({ id: agent.nodeId });
  const define = (ports: string, more: object = {}) =>
    panel.admin.api.portPools.create({ params: params(), body: { ports, ...more } });
  const pools = async () => (await panel.admin.api.portPools.list({ params: params() })).items;
  const create = (more: object = {}, client: TestClient = panel.admin) =>
    client.api.servers.create({ body: newServer(agent, { templateId: 'container-game', ...more }) });

  beforeAll(async () => {
    panel = await testPanel({ database, options: { templates: testTemplates() } });
    creator = await panel.createUser('creator', (await roleWith(panel, ['server.create'])) as never);
  });
  beforeEach(async () => {
    agent = await containerNode(panel, `node-${++nodes}`);
  });
  afterAll(() => panel.close());

  it('are made for several addresses at once, listed, changed and removed', async () => {
    const { items } = await define('5010, 5000-5005 5006', {
      ips: ['192.0.2.10', '2001:DB8::0010'],
      alias: 'play.example',
      notes: 'for friends',
    });
    expect(items).toMatchObject([
      { ip: '192.0.2.10', ports: '5000-5006, 5010', alias: 'play.example', notes: 'for friends' },
      { ip: '2001:db8::10', portCount: 8, freeCount: 8 },
    ]);
    expect(await pools()).toEqual(items);
    const [first, second] = items;
    const change = (body: object) =>
      panel.admin.api.portPools.update({ params: { ...params(), poolId: first?.id as string }, body });
    expect(await change({ ports: '5000-5009', alias: null })).toMatchObject({
      ...{ ip: '192.0.2.10', ports: '5000-5009', alias: null, notes: 'for friends' },
    });
    await panel.admin.api.portPools.delete({ params: { ...params(), poolId: second?.id as string } });
    expect((await pools()).map(({ id }) => id)).toEqual([first?.id]);
  });

  it.each([
    [{ ports: '' }, 'ports', 'must name ports'],
    [{ ports: '80-90' }, 'ports', 'between 1024 and 65535'],
    [{ ports: '6000-5000' }, 'ports', 'ends before it begins'],
    [{ ports: 'some' }, 'ports', 'no port'],
    [{ ports: '5000', ips: ['10.0.0.256'] }, 'ips.0', 'IP address'],
    [{ ports: '5000', ips: [] }, 'ips', 'must name an address'],
    [{ ports: '5000', alias: 'not a host' }, 'alias', 'host name'],
    [{ ports: '5000', protocol: 'tcp' }, '', 'protocol'],
  ])('refuse %j and name the field', async (body, path, words) => {
    const refused = await failure(
      panel.admin.api.portPools.create({ params: params(), body: body as never }),
    );
    expect(refused).toMatchObject({ code: 'invalid_input' });
    expect(refused?.words).toContain(words);
    expect(refused?.paths.join()).toContain(path);
  });

  it('never overlap on an address, or on all of them, and leave nothing of a refused attempt', async () => {
    await define('5000-5010', { ips: ['192.0.2.10'] });
    const refusal = {
      code: 'conflict',
      message: '5008-5010 is in the pool 5000-5010 of 192.0.2.10 already',
      words: '5008-5010 is in the pool 5000-5010 of 192.0.2.10 already',
      paths: ['ports'],
    };
    expect(await failure(define('5008-5020', { ips: ['192.0.2.11', '192.0.2.10'] }))).toEqual(refusal);
    expect(await failure(define('5008-5020'))).toEqual(refusal);
    expect(await failure(define('5008-5020', { ips: ['::'] }))).toEqual(refusal);
    expect(await failure(define('6000', { ips: ['192.0.2.12', '192.0.2.12'] }))).toMatchObject({
      message: '6000 is in the pool 6000 of 192.0.2.12 already',
    });
    expect(await pools()).toHaveLength(1);
    const { items } = await define('5011-5020');
    const poolId = items[0]?.id as string;
    const widen = panel.admin.api.portPools.update({
      params: { ...params(), poolId },
      body: { ports: '5010' },
    });
    expect(await failure(widen)).toMatchObject({ code: 'conflict' });
    const results = await Promise.all(
      Array.from({ length: 8 }, () => failure(define('7000-7010', { ips: ['192.0.2.20'] }))),
    );
    expect(results.filter((result) => result === null)).toHaveLength(1);
  });

  it('are where ports are chosen: the preferred one first, then in order, all on one address', async () => {
    await define('6000-6001', { ips: ['192.0.2.10'], alias: 'one.example' });
    await define('25565-25568', { ips: ['192.0.2.11'] });
    const bindingsOf = ({ portBindings }: Awaited<ReturnType<typeof create>>) =>
      portBindings.map(({ ip, port, address }) => `${ip} ${port} ${address}`);
    expect(bindingsOf(await create())).toEqual([
      '192.0.2.10 6000 one.example:6000',
      '192.0.2.10 6001 one.example:6001',
    ]);
    expect(bindingsOf(await create())).toEqual([
      '192.0.2.11 25565 192.0.2.11:25565',
      '192.0.2.11 25566 192.0.2.11:25566',
    ]);
    // One port is left on the second address for a server that needs two.
    await create({
      portBindings: [
        { name: 'game', port: 25_567 },
        { name: 'query', port: 7000 },
      ],
    });
    expect(await failure(create())).toMatchObject({
      code: 'no_free_port',
      message: 'The pools of the node have no free port left',
    });
    expect((await pools()).map(({ freeCount }) => freeCount)).toEqual([0, 1]);
  });

  it('bind those who may not manage the node, also when they change a server', async () => {
    await define('5000-5009', { ips: ['192.0.2.10'] });
    expect(await failure(create({ primaryPort: 6000 }, creator))).toMatchObject({
      code: 'forbidden',
      paths: ['primaryPort'],
      message: expect.stringContaining('Port 6000 is in no pool of the node'),
    });
    const elsewhere = { portBindings: [{ name: 'game', ip: '192.0.2.11', port: 5000 }] };
    expect(await failure(create(elsewhere, creator))).toMatchObject({ code: 'forbidden' });
    const server = await installedServer(creator, agent, {
      templateId: 'container-game',
      primaryPort: 5003,
    });
    expect(server.portBindings).toMatchObject([
      { ip: '192.0.2.10', port: 5003 },
      { ip: '192.0.2.10', port: 5000 },
    ]);
    const add = (port: number, client: TestClient) =>
      client.api.servers.update({
        params: { id: server.id },
        body: {
          portBindings: [
            { name: 'game', port: 5003 },
            { name: 'query', port: 5000 },
            { name: 'map', port },
          ],
        },
      });
    expect(await failure(add(7000, creator))).toMatchObject({
      code: 'forbidden',
      paths: ['portBindings.2.port'],
    });
    expect((await add(7000, panel.admin)).portBindings[2]).toMatchObject({ ip: '0.0.0.0', port: 7000 });
    // What an administrator gave can stay.
    expect((await add(7000, creator)).portBindings).toHaveLength(3);
  });

  it('that shrink or go leave servers their ports, which then show as outside', async () => {
    const { items } = await define('5000-5009', { alias: 'play.example' });
    const poolId = items[0]?.id as string;
    const server = await create();
    expect(server.address).toBe('play.example:5000');
    const allocations = async () =>
      (await panel.admin.api.portPools.allocations({ params: params(), query: {} })).items;
    expect(await allocations()).toMatchObject([
      { port: 5000, protocol: 'both', name: 'game', serverName: 'A server', poolId, networkName: null },
      { port: 5001, protocol: 'udp', name: 'query', serverId: server.id, poolId },
    ]);
    await panel.admin.api.portPools.update({ params: { ...params(), poolId }, body: { ports: '5001-5009' } });
    expect((await allocations()).map((one) => one.poolId)).toEqual([null, poolId]);
    const { address } = await panel.admin.api.servers.get({ params: { id: server.id } });
    expect(address).toBe('192.0.2.10:5000');
    await panel.admin.api.portPools.delete({ params: { ...params(), poolId } });
    expect((await allocations()).map((one) => one.poolId)).toEqual([null, null]);
  });

  it('are listed with all that servers have, in pages', async () => {
    await define('5000-5099');
    for (const index of [0, 1, 2]) await create({ name: `Server ${index}` });
    const ports: number[] = [];
    let cursor: string | undefined;
    do {
      const page = await panel.admin.api.portPools.allocations({
        params: params(),
        query: { limit: 4, ...(cursor && { cursor }) },
      });
      ports.push(...page.items.map(({ port }) => port));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(ports).toEqual([5000, 5001, 5002, 5003, 5004, 5005]);
  });

  it('have no ports of IPv6 for servers in a private network', async () => {
    await define('5000-5009', { ips: ['2001:db8::1'] });
    expect(await failure(create())).toMatchObject({ code: 'no_free_port' });
    const { portBindings } = await create({ networkMode: 'host' });
    expect(portBindings[0]).toMatchObject({ ip: '2001:db8::1', address: '[2001:db8::1]:5000' });
  });

  it('let the words about a port, and which one players are told, be changed', async () => {
    const { id } = await installedServer(panel.admin, agent, { templateId: 'container-game' });
    const update = (portBindings: object[]) =>
      panel.admin.api.servers.update({ params: { id }, body: { portBindings } });
    const [game, query] = [
      { name: 'game', port: 25_565 },
      { name: 'query', port: 25_566 },
    ];
    const changed = await update([
      game,
      { ...query, alias: 'query.example', notes: 'for lists', primary: true },
    ]);
    expect(changed).toMatchObject({ address: 'query.example:25566', primaryPort: 25_566 });
    expect(changed.portBindings).toMatchObject([
      { name: 'game', alias: null, notes: '', primary: false, address: '192.0.2.10:25565' },
      { name: 'query', alias: 'query.example', notes: 'for lists', primary: true },
    ]);
    // The game itself is told the same as before.
    expect(agent.server(id).spec?.ports).toEqual([
      { name: 'game', ip: '0.0.0.0', port: 25_565, protocol: 'both' },
      { name: 'query', ip: '0.0.0.0', port: 25_566, protocol: 'udp' },
    ]);
    // What is left out stays.
    expect((await update([game, query])).portBindings[1]).toMatchObject({
      notes: 'for lists',
      primary: true,
    });
    const back = await update([
      { ...game, primary: true },
      { ...query, alias: null, notes: '' },
    ]);
    expect(back).toMatchObject({ address: '192.0.2.10:25565' });
    expect(back.portBindings[1]).toMatchObject({ alias: null, notes: '', primary: false });
    expect(
      await failure(
        update([
          { ...game, primary: true },
          { ...query, primary: true },
        ]),
      ),
    ).toMatchObject({ code: 'invalid_input', paths: ['portBindings.1.primary'] });
  });
});
