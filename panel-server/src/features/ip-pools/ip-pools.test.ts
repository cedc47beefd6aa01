import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { containerNode } from '../../testing/container-node.ts';
import type { FakeAgent } from '../../testing/fake-agent.ts';
import { leftovers, removed } from '../../testing/port-rounds.ts';
import { type TestPanel, testDatabases, testPanel } from '../../testing/test-panel.ts';
import { roleWith } from '../../testing/test-people.ts';
import { installedServer, newServer } from '../../testing/test-servers.ts';
import { testTemplates } from '../../testing/test-template.ts';
import { NetworkAddressEntity } from '../networks/network-address.entity.ts';

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

describe.each(testDatabases)('pools of addresses on %s', (database) => {
  let panel: TestPanel;
  let agent: FakeAgent;
  let networkId: string;
  let nodes = 0;

  const ipPools = () => panel.admin.api.ipPools;
  const define = (more: object = {}) =>
    ipPools().create({
      body: { nodeId: agent.nodeId, networkName: 'lan', cidr: '10.8.0.0/24', ...more },
    });
  const create = (more: object = {}) =>
    panel.admin.api.servers.create({
      body: newServer(agent, { templateId: 'container-game', networkMode: 'lan', ...more }),
    });
  const network = (more: object = {}) =>
    panel.admin.api.networks.create({
      params: { id: agent.nodeId },
      body: {
        ...{ name: 'lan', kind: 'macvlan', parent: 'eth0', subnet: '10.8.0.0/16', gateway: '10.8.0.1' },
        ...more,
      } as never,
    });

  beforeAll(async () => {
    panel = await testPanel({ database, options: { templates: testTemplates() } });
  });
  beforeEach(async () => {
    agent = await containerNode(panel, `node-${++nodes}`);
    networkId = (await network()).id;
  });
  afterAll(() => panel.close());

  it('are made, listed, changed and removed', async () => {
    const made = await define({
      ...{ cidr: '10.8.0.77/24', gateway: '10.8.0.1', startIp: '10.8.0.100', endIp: '10.8.0.200' },
      reserved: ['10.8.0.100', '10.8.0.50'],
    });
    expect(made).toMatchObject({
      ...{ nodeId: agent.nodeId, networkName: 'lan', networkId, cidr: '10.8.0.0/24', gateway: '10.8.0.1' },
      ...{ startIp: '10.8.0.100', endIp: '10.8.0.200', reserved: ['10.8.0.100', '10.8.0.50'] },
      ...{ used: [], freeCount: 100 },
    });
    const params = { id: made.id };
    expect(await ipPools().get({ params })).toEqual(made);
    expect((await ipPools().list({ query: { nodeId: agent.nodeId } })).items).toEqual([made]);
    expect(await ipPools().update({ params, body: { endIp: '10.8.0.109', reserved: [] } })).toMatchObject({
      ...{ startIp: '10.8.0.100', endIp: '10.8.0.109', freeCount: 10 },
    });
    await ipPools().delete({ params });
    expect(await failure(ipPools().get({ params }))).toMatchObject({ code: 'not_found' });
  });

  it('are of all usable addresses when nothing else is said', async () => {
    // All of the subnet but its name, its gateway and its broadcast address.
    expect(await define({ cidr: '10.8.0.0/16' })).toMatchObject({
      ...{ startIp: '10.8.0.1', endIp: '10.8.255.254', freeCount: 65_533 },
    });
  });

  it.each([
    [{ cidr: '10.8.0.0/33' }, 'cidr', 'must be a network'],
    [{ cidr: '10.9.0.0/24' }, 'cidr', 'must be in 10.8.0.0/16, the subnet of lan'],
    [{ gateway: '10.8.1.1' }, 'gateway', 'must be in 10.8.0.0/24'],
    [{ gateway: '10.8.0.2' }, 'gateway', 'must be the gateway of lan, 10.8.0.1'],
    [{ startIp: '10.8.1.5' }, 'startIp', 'must be in 10.8.0.0/24'],
    [{ endIp: '2001:db8::1' }, 'endIp', 'must be in 10.8.0.0/24'],
    [{ startIp: '10.8.0.9', endIp: '10.8.0.8' }, 'endIp', 'must not be before 10.8.0.9'],
    [{ startIp: '10.8.0.255' }, 'startIp', 'must not be after 10.8.0.254'],
    [{ reserved: ['10.8.0.5', '10.8.1.5'] }, 'reserved.1', 'must be in 10.8.0.0/24'],
    [{ reserved: ['ten'] }, 'reserved.0', 'IP address'],
    [{ networkName: 'nowhere' }, 'networkName', 'no network named nowhere'],
    [{ nodeId: '01890000-0000-7000-8000-000000000000' }, 'nodeId', 'no such node'],
  ])('refuse %j and name the field', async (more, path, words) => {
    const refused = await failure(define(more));
    expect(refused).toMatchObject({ code: 'invalid_input' });
    expect(refused?.paths).toContain(path);
    expect(refused?.words).toContain(words);
  });

  it('never overlap on a node, and a change is held to the same rules', async () => {
    const { id } = await define({ startIp: '10.8.0.10', endIp: '10.8.0.20' });
    expect(await failure(define({ startIp: '10.8.0.20', endIp: '10.8.0.30' }))).toMatchObject({
      code: 'conflict',
      message: '10.8.0.20 to 10.8.0.30 overlaps the pool 10.8.0.0/24, 10.8.0.10 to 10.8.0.20',
    });
    await define({ startIp: '10.8.0.21', endIp: '10.8.0.30' });
    const change = (body: object) => failure(ipPools().update({ params: { id }, body }));
    expect(await change({ endIp: '10.8.0.21' })).toMatchObject({ code: 'conflict' });
    expect(await change({ endIp: '10.8.0.9' })).toMatchObject({ code: 'invalid_input', paths: ['endIp'] });
    expect(await change({ cidr: '10.8.1.0/24' })).toMatchObject({ code: 'invalid_input' });
    const shrink = panel.admin.api.networks.update({
      params: { id: agent.nodeId, networkId },
      body: { subnet: '10.8.4.0/24', gateway: null },
    });
    expect(await failure(shrink)).toMatchObject({
      code: 'conflict',
      message: 'Its pool of addresses 10.8.0.0/24 would not be in 10.8.4.0/24',
    });
  });

  it('give servers the first free address, past what is reserved, asked for or the gateway’s', async () => {
    await define({ endIp: '10.8.0.6', reserved: ['10.8.0.3'] });
    await create({ name: 'Asked', staticIp: '10.8.0.4' });
    const first = await create({ name: 'First' });
    expect(first).toMatchObject({ staticIp: '10.8.0.2', portBindings: [{ ip: '10.8.0.2' }, {}] });
    expect(first.address).toMatch(/^10\.8\.0\.2:/);
    expect((await create({ name: 'Second' })).staticIp).toBe('10.8.0.5');
    expect((await create({ name: 'Third' })).staticIp).toBe('10.8.0.6');
    expect(await failure(create())).toMatchObject({
      ...{
        code: 'limit_reached',
        paths: ['staticIp'],
        message: 'The pools of lan have no free address left',
      },
    });
    const [pool] = (await ipPools().list({ query: { nodeId: agent.nodeId } })).items;
    expect(pool).toMatchObject({ freeCount: 0 });
    expect(pool?.used).toHaveLength(4);
    expect(pool?.used).toContainEqual({ address: '10.8.0.2', serverId: first.id, serverName: 'First' });
    // Another pool of the network is next.
    await define({ cidr: '10.8.1.0/24', startIp: '10.8.1.7' });
    expect((await create()).staticIp).toBe('10.8.1.7');
  });

  it('of IPv6 give addresses of a subnet that nobody could list', async () => {
    await network({ name: 'six', subnet: '2001:db8::/64', gateway: '2001:db8::1' });
    const pool = await define({ networkName: 'six', cidr: '2001:DB8::/64', reserved: ['2001:db8:0::2'] });
    expect(pool).toMatchObject({ startIp: '2001:db8::1', endIp: '2001:db8::ffff:ffff:ffff:ffff' });
    expect(pool.freeCount).toBeGreaterThan(1.8e19);
    const server = await installedServer(panel.admin, agent, {
      ...{ templateId: 'container-game', networkMode: 'six' },
    });
    expect(server).toMatchObject({ staticIp: '2001:db8::3' });
    expect(agent.server(server.id).spec?.network).toMatchObject({
      ...{ address: '2001:db8::3/64', gateway: '2001:db8::1' },
    });
  });

  it('give each address once though 40 ask at once, and get all back', async () => {
    await define({ startIp: '10.8.0.10', endIp: '10.8.0.19' });
    const results = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        create({ name: `Racer ${index}` }).then(
          ({ id, staticIp }) => ({ id, staticIp }),
          (error: { code: string }) => error.code,
        ),
      ),
    );
    const servers = results.filter((result) => typeof result !== 'string');
    expect(servers.map(({ staticIp }) => staticIp).sort()).toEqual(
      Array.from({ length: 10 }, (_, index) => `10.8.0.${10 + index}`),
    );
    expect(results.filter((result) => result === 'limit_reached')).toHaveLength(30);
    await Promise.all(servers.map(({ id }) => removed(panel.admin.api, id)));
    const { database: source } = panel.panel.core;
    expect(await source.getRepository(NetworkAddressEntity).countBy({ nodeId: agent.nodeId })).toBe(0);
    expect(await leftovers(source, agent.nodeId)).toMatchObject({ allocations: 0, servers: 0 });
  });

  it('serve servers that move in, which give the address back when they move out', async () => {
    await define({ startIp: '10.8.0.10', endIp: '10.8.0.19' });
    const { id, primaryPort } = await installedServer(panel.admin, agent, { templateId: 'container-game' });
    const update = (body: object) => panel.admin.api.servers.update({ params: { id }, body });
    expect(await update({ networkMode: 'lan' })).toMatchObject({
      ...{ staticIp: '10.8.0.10', address: `10.8.0.10:${primaryPort}` },
    });
    expect(agent.server(id).spec?.network).toMatchObject({ address: '10.8.0.10/16' });
    expect(await update({ staticIp: '10.8.0.15' })).toMatchObject({ staticIp: '10.8.0.15' });
    expect(await update({ staticIp: null })).toMatchObject({ staticIp: '10.8.0.10' });
    await update({ networkMode: 'bridge' });
    expect((await create()).staticIp).toBe('10.8.0.10');
  });

  it('that shrink or go leave servers their addresses', async () => {
    const { id } = await define({ startIp: '10.8.0.10', endIp: '10.8.0.19' });
    const server = await create();
    await ipPools().update({ params: { id }, body: { startIp: '10.8.0.11' } });
    expect(await ipPools().get({ params: { id } })).toMatchObject({ used: [], freeCount: 9 });
    await ipPools().delete({ params: { id } });
    const { staticIp } = await panel.admin.api.servers.get({ params: { id: server.id } });
    expect(staticIp).toBe('10.8.0.10');
    expect(await failure(create())).toMatchObject({ code: 'invalid_input', paths: ['staticIp'] });
  });

  it('keep the address of a deleted server until its node has removed it', async () => {
    const { id } = await define({ startIp: '10.8.0.10', endIp: '10.8.0.10' });
    const server = await installedServer(panel.admin, agent, {
      ...{ templateId: 'container-game', networkMode: 'lan' },
    });
    agent.disconnect();
    await expect
      .poll(async () => (await panel.admin.api.servers.get({ params: { id: server.id } })).node.online)
      .toBe(false);
    await panel.admin.api.servers.delete({ params: { id: server.id } });
    expect((await ipPools().get({ params: { id } })).used).toEqual([
      { address: '10.8.0.10', serverId: server.id, serverName: null },
    ]);
    await agent.connect();
    await expect.poll(async () => (await ipPools().get({ params: { id } })).used).toEqual([]);
  });

  it('are for those who may manage their node', async () => {
    const { id } = await define();
    const other = await containerNode(panel, `other-${nodes}`);
    const person = await panel.createUser(
      `manager-${nodes}`,
      (await roleWith(panel, ['node.read', 'node.update'], [other.nodeId])) as never,
    );
    expect((await person.api.ipPools.list({ query: {} })).items).toEqual([]);
    expect(await failure(person.api.ipPools.get({ params: { id } }))).toMatchObject({ code: 'not_found' });
    expect(await failure(person.api.ipPools.delete({ params: { id } }))).toMatchObject({ code: 'not_found' });
    const body = { nodeId: agent.nodeId, networkName: 'lan', cidr: '10.8.9.0/24' };
    expect(await failure(person.api.ipPools.create({ body }))).toMatchObject({ paths: ['nodeId'] });
  });
});
