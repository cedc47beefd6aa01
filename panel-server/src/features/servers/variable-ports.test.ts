import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { containerNode } from '../../testing/container-node.ts';
import type { FakeAgent } from '../../testing/fake-agent.ts';
import { testEgg } from '../../testing/test-egg.ts';
import { type TestPanel, testDatabases, testPanel } from '../../testing/test-panel.ts';
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

const variable = (name: string, value: string, more: object = {}) => ({
  ...{ name, description: '', env_variable: name, default_value: value },
  ...{ user_viewable: true, user_editable: true, rules: 'required|integer|min:1025|max:65535' },
  ...{ field_type: 'text', ...more },
});
const egg = testEgg({
  name: 'Two ports',
  startup: './game -port {{SERVER_PORT}} -query {{QUERY_PORT}}',
  variables: [
    variable('QUERY_PORT', '27016'),
    variable('RCON_PORT', '', { user_editable: false }),
    variable('TITLE', 'Hello', { rules: 'required|string|max:20' }),
  ],
});

describe.each(testDatabases)('variables that hold numbers of ports on %s', (database) => {
  let panel: TestPanel;
  let agent: FakeAgent;
  let templateId: string;
  let nodes = 0;

  const body = (more: object = {}) => newServer(agent, { templateId, ...more });
  const create = (more: object = {}) => panel.admin.api.servers.create({ body: body(more) });
  const update = (id: string, changes: object, client = panel.admin) =>
    client.api.servers.update({ params: { id }, body: changes });
  const numbersOf = ({ portBindings }: Awaited<ReturnType<typeof create>>) =>
    portBindings.map(({ name, port }) => `${name} ${port}`);

  beforeAll(async () => {
    panel = await testPanel({ database });
    const { items } = await panel.admin.api.templates.importMany({
      query: {},
      body: { files: [{ fileName: 'egg.json', content: JSON.stringify(egg) }] },
    });
    templateId = items[0]?.template?.id ?? '';
  });
  beforeEach(async () => {
    agent = await containerNode(panel, `node-${++nodes}`);
  });
  afterAll(() => panel.close());

  it('are filled in for each server, so that two of one file never clash', async () => {
    const first = await create();
    const second = await create();
    expect(numbersOf(first)).toEqual(['game 25565', 'query 27016', 'rcon 25567']);
    expect(numbersOf(second)).toEqual(['game 25566', 'query 27017', 'rcon 25568']);
    expect(second.environment).toEqual({ QUERY_PORT: '27017', RCON_PORT: '25568', TITLE: 'Hello' });
    await expect
      .poll(() => agent.server(second.id).spec?.environment)
      .toMatchObject({ QUERY_PORT: '27017', RCON_PORT: '25568', SERVER_PORT: '25566' });
    expect(agent.server(second.id).spec?.ports).toHaveLength(3);
    // A form may send the value that it was shown first.
    expect(numbersOf(await create({ environment: { QUERY_PORT: '27016' } }))).toContain('query 27018');
  });

  it('can be given a number that is free, and only such a one', async () => {
    const given = (QUERY_PORT: string, more: object = {}) =>
      create({ name: 'Alpha', environment: { QUERY_PORT }, ...more });
    const server = await given('5000');
    expect(numbersOf(server)).toContain('query 5000');
    expect(server.environment.QUERY_PORT).toBe('5000');
    expect(await failure(given('5000'))).toEqual({
      code: 'port_taken',
      message: 'Port 5000/tcp is held by the server "Alpha"',
      paths: ['environment.QUERY_PORT'],
    });
    expect(await failure(given('70000'))).toMatchObject({
      ...{ code: 'invalid_input', paths: ['environment.QUERY_PORT'] },
    });
    expect(await failure(given('6000', { portBindings: [{ name: 'query', port: 6001 }] }))).toMatchObject({
      code: 'invalid_input',
      paths: ['environment.QUERY_PORT'],
    });
  });

  it('move the port when they are changed, and follow it when it moves', async () => {
    const { id, environment } = await installedServer(panel.admin, agent, body());
    // All that a form was shown, with another value changed.
    const renamed = await update(id, { environment: { ...environment, TITLE: 'Other' } });
    expect(numbersOf(renamed)).toEqual(['game 25565', 'query 27016', 'rcon 25567']);
    const moved = await update(id, { environment: { QUERY_PORT: '5000' } });
    expect(numbersOf(moved)).toEqual(['game 25565', 'query 5000', 'rcon 25567']);
    agent.busyPorts.set('5001/udp', 'dnsmasq');
    expect(await failure(update(id, { environment: { QUERY_PORT: '5001' } }))).toMatchObject({
      ...{ code: 'port_taken', paths: ['environment.QUERY_PORT'] },
    });
    const portBindings = [{ name: 'game' }, { name: 'query', port: 5002 }, { name: 'rcon' }];
    expect((await update(id, { portBindings })).environment).toMatchObject({ QUERY_PORT: '5002' });
    agent.isObedient = true;
    await panel.admin.api.servers.start({ params: { id } });
    await expect.poll(() => agent.server(id).spec?.environment.QUERY_PORT).toBe('5002');
  });

  it('are for those who may change ports', async () => {
    const role = await roleWith(panel, ['server.read', 'server.update']);
    const helper = await panel.createUser('helper', role as never);
    const { id } = await installedServer(panel.admin, agent, body());
    expect((await update(id, { environment: { TITLE: 'Mine' } }, helper)).environment.TITLE).toBe('Mine');
    expect(await failure(update(id, { environment: { QUERY_PORT: '5000' } }, helper))).toMatchObject({
      code: 'forbidden',
    });
  });

  it('keep their values in servers from before their template had the ports, until their ports change', async () => {
    const params = { id: templateId };
    const { ports } = await panel.admin.api.templates.get({ params });
    await panel.admin.api.templates.update({ params, body: { ports: ports.slice(0, 1) } });
    const environment = { QUERY_PORT: '27030', RCON_PORT: '27031' };
    const { id, portBindings } = await installedServer(panel.admin, agent, body({ environment }));
    expect(portBindings).toHaveLength(1);
    await panel.admin.api.templates.update({ params, body: { ports } });
    const later = await update(id, { environment: { TITLE: 'Later' } });
    expect(later).toMatchObject({ environment, portBindings: [{ name: 'game' }] });
    const changed = await update(id, { portBindings: [{ name: 'game', port: 5000 }] });
    expect(numbersOf(changed)).toEqual(['game 5000', 'query 27016', 'rcon 25567']);
    expect(changed.environment).toMatchObject({ QUERY_PORT: '27016', RCON_PORT: '25567' });
  });
});
