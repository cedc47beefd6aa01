import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { FakeAgent } from '../../testing/fake-agent.ts';
import { TcpProxy } from '../../testing/tcp-proxy.ts';
import { type TestPanel, testDatabases, testPanel } from '../../testing/test-panel.ts';
import { installedServer, newServer, runningServer, serverThat } from '../../testing/test-servers.ts';
import { testTemplate, testTemplates } from '../../testing/test-template.ts';
import { AuditEntryEntity } from '../audit/audit-entry.entity.ts';
import { OperationEntity } from '../operations/operation.entity.ts';
import { Templates } from '../templates/templates.service.ts';
import { AllocationEntity } from './allocation.entity.ts';
import { ServerEntity } from './server.entity.ts';
import { TombstoneEntity } from './tombstone.entity.ts';

const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'ok',
    (error) => error.code,
  );

describe.each(testDatabases)('after a gap, on %s', (database) => {
  let panel: TestPanel;
  const options = { templates: testTemplates() };

  beforeAll(async () => {
    panel = await testPanel({ database, options });
  });
  afterAll(() => panel.close());

  const table = () => panel.panel.core.database;
  const offline = async (agent: FakeAgent) => {
    agent.disconnect();
    await vi.waitFor(() => expect(panel.panel.core.agents.isOnline(agent.nodeId)).toBe(false));
  };
  const succeeded = expect.objectContaining({ status: 'succeeded' });
  const failed = expect.objectContaining({ status: 'failed', error: expect.any(String) });

  it.each([
    ['running', 'crashed'],
    ['running', 'stopped'],
    ['stopped', 'running'],
    ['stopped', 'crashed'],
  ] as const)('believes that a server went from %s to %s', async (from, to) => {
    const agent = await FakeAgent.linked(panel);
    const make = from === 'running' ? runningServer : installedServer;
    const { id } = await make(panel.admin, agent);
    await offline(agent);
    agent.server(id).state = to;
    await agent.connect();
    await serverThat(panel.admin, id, { state: to, reportedState: to });
    agent.disconnect();
  });

  it.each(['word_of_tomorrow', '<img src=x>'])('believes a state, but not the reason %s', async (reason) => {
    const agent = await FakeAgent.linked(panel);
    const { id } = await runningServer(panel.admin, agent);
    await agent.report(id, 'crashed', { reason, reasonText: 'It is tomorrow.' });
    await serverThat(panel.admin, id, { state: 'crashed', reason: null, reasonText: 'It is tomorrow.' });
    agent.disconnect();
  });

  it('does not believe what cannot have happened', async () => {
    const agent = await FakeAgent.linked(panel);
    const { id } = await runningServer(panel.admin, agent);
    await offline(agent);
    agent.server(id).state = 'transferring';
    await agent.connect();
    await serverThat(panel.admin, id, { state: 'running', reason: 'impossible_report' });
    agent.disconnect();
  });

  it('gives an order again, under the same id, that is not known to have arrived', async () => {
    await using proxy = await TcpProxy.open(panel.port);
    const agent = await FakeAgent.linked(panel);
    const { id } = await installedServer(panel.admin, agent);
    agent.link.panelUrl = proxy.url;
    await offline(agent);
    await agent.connect();
    // The order arrives and is begun, but its acknowledgement is lost with the connection.
    agent.isObedient = false;
    agent.answer('server_control', (control) => {
      agent.controls.push(control);
      proxy.cut();
      return { accepted: true };
    });
    const { operationId } = await panel.admin.api.servers.start({ params: { id } });
    await serverThat(panel.admin, id, {
      state: 'starting',
      node: expect.objectContaining({ online: false }),
    });
    agent.answer('server_control', undefined);
    await agent.connect();
    await vi.waitFor(() =>
      expect(agent.controls.filter((one) => one.serverId === id && one.action === 'start')).toHaveLength(2),
    );
    const repeated = agent.controls.filter((one) => one.serverId === id && one.action === 'start');
    expect(new Set(repeated.map((one) => one.operationId))).toEqual(new Set([operationId]));
    await agent.report(id, 'starting');
    await agent.report(id, 'running');
    await agent.finish(id, operationId);
    await serverThat(panel.admin, id, { state: 'running', operation: succeeded });
    agent.disconnect();
  });

  it.each([
    ['start', 'running', 'succeeded'],
    ['start', 'crashed', 'failed'],
    ['stop', 'stopped', 'succeeded'],
  ] as const)('a %s that was accepted has, with a server %s, %s', async (action, state, outcome) => {
    const agent = await FakeAgent.linked(panel);
    const { id } = await (action === 'start' ? installedServer : runningServer)(panel.admin, agent);
    agent.isObedient = false;
    await panel.admin.api.servers[action]({ params: { id } });
    await agent.report(id, action === 'start' ? 'starting' : 'stopping');
    await serverThat(panel.admin, id, { operation: expect.objectContaining({ status: 'running' }) });
    await offline(agent);
    agent.server(id).state = state;
    await agent.connect();
    await serverThat(panel.admin, id, { state, operation: outcome === 'succeeded' ? succeeded : failed });
    agent.disconnect();
  });

  it('finishes an installation, and starts the server then, though the panel was away when it ended', async () => {
    const agent = await FakeAgent.linked(panel);
    agent.isObedient = false;
    const { id } = await panel.admin.api.servers.create({
      body: newServer(agent, { templateId: 'test-game', startAfterInstall: true }),
    });
    await vi.waitFor(() => expect(agent.controls).toHaveLength(1));
    await serverThat(panel.admin, id, { operation: expect.objectContaining({ status: 'running' }) });
    await panel.restart();
    agent.link.panelUrl = panel.url;
    agent.server(id).state = 'stopped';
    agent.isObedient = true;
    await agent.connect();
    await serverThat(panel.admin, id, { state: 'running' });
    agent.disconnect();
  });

  it('keeps states, operations and names over a restart of the panel', async () => {
    const agent = await FakeAgent.linked(panel, 'survivor');
    const { id } = await runningServer(panel.admin, agent);
    const before = await panel.admin.api.servers.get({ params: { id } });
    await panel.restart();
    expect(await panel.admin.api.servers.get({ params: { id } })).toEqual({
      ...before,
      node: { ...before.node, online: false },
      stats: null,
    });
    agent.link.panelUrl = panel.url;
    await agent.connect();
    await serverThat(panel.admin, id, {
      state: 'running',
      node: { id: agent.nodeId, name: 'survivor', online: true },
    });
    agent.disconnect();
  });

  it('says that a server whose files are gone has lost them, and starts no empty one', async () => {
    const agent = await FakeAgent.linked(panel);
    const { id } = await runningServer(panel.admin, agent);
    await offline(agent);
    const lost = agent.server(id);
    agent.servers.clear();
    agent.controls.length = 0;
    await agent.connect();
    await serverThat(panel.admin, id, { state: 'error', reason: 'data_missing', desiredState: 'stopped' });
    expect(await code(panel.admin.api.servers.start({ params: { id } }))).toBe('invalid_state');
    expect(agent.controls).toEqual([]);
    // The disk is mounted again.
    await offline(agent);
    agent.servers.set(id, { ...lost, state: 'stopped' });
    await agent.connect();
    await serverThat(panel.admin, id, { state: 'stopped', reason: null });
    await panel.admin.api.servers.start({ params: { id } });
    agent.disconnect();
  });

  it('reports a server nobody knows as an orphan, and leaves it alone', async () => {
    const agent = await FakeAgent.linked(panel);
    const { id } = await runningServer(panel.admin, agent);
    const stray = `${id.slice(0, -6)}abcdef`;
    await offline(agent);
    agent.server(stray).state = 'running';
    await agent.connect();
    await vi.waitFor(async () =>
      expect(
        await table()
          .getRepository(AuditEntryEntity)
          .findBy({ action: 'node.violation', targetId: agent.nodeId }),
      ).toMatchObject([{ details: { kind: 'orphans', count: 1, serverIds: [stray] } }]),
    );
    expect(agent.servers.has(stray)).toBe(true);
    expect(agent.controls.filter((one) => one.serverId === stray)).toEqual([]);
    agent.disconnect();
  });

  it('removes what was deleted while the node was away, and frees its port only then', async () => {
    const agent = await FakeAgent.linked(panel);
    const { id } = await installedServer(panel.admin, agent, { primaryPort: 7001 });
    await offline(agent);
    const { operationId } = await panel.admin.api.servers.delete({ params: { id } });
    expect(await code(panel.admin.api.servers.get({ params: { id } }))).toBe('not_found');
    expect(await table().getRepository(AllocationEntity).countBy({ serverId: id })).toBe(1);
    expect(await table().getRepository(TombstoneEntity).countBy({ serverId: id })).toBe(1);
    await agent.connect();
    await vi.waitFor(async () =>
      expect(await table().getRepository(TombstoneEntity).countBy({ serverId: id })).toBe(0),
    );
    expect(agent.servers.has(id)).toBe(false);
    expect(await table().getRepository(AllocationEntity).countBy({ serverId: id })).toBe(0);
    expect(await table().getRepository(OperationEntity).findOneBy({ id: operationId })).toMatchObject({
      kind: 'delete',
      status: 'succeeded',
    });
    await installedServer(panel.admin, agent, { primaryPort: 7001 });
    agent.disconnect();
  });

  it('sends a spec that a newer template changed, as a new revision', async () => {
    const agent = await FakeAgent.linked(panel);
    const { id } = await installedServer(panel.admin, agent, { templateId: 'test-game' });
    expect(agent.server(id).spec?.revision).toBe(1);
    const startup = { ...testTemplate.startup, argv: ['game', '--new'] };
    options.templates = new Templates([{ ...testTemplate, version: 2, startup }]);
    await panel.restart();
    agent.link.panelUrl = panel.url;
    await agent.connect();
    options.templates = testTemplates();
    expect(agent.server(id).spec).toMatchObject({ revision: 2, argv: ['game', '--new'] });
    agent.disconnect();
    await panel.restart();
  });

  describe('deadlines', () => {
    const overdue = async (id: string) => {
      const past = new Date(Date.now() - 3_600_000);
      await table()
        .getRepository(OperationEntity)
        .update({ serverId: id }, { deadlineAt: past, startedAt: past });
      await table().getRepository(ServerEntity).update({ id }, { stateChangedAt: past });
      await panel.panel.sweep.sweep();
    };

    it('end an order whose node never came back, and say so', async () => {
      const agent = await FakeAgent.linked(panel);
      const { id } = await runningServer(panel.admin, agent);
      agent.isObedient = false;
      await panel.admin.api.servers.stop({ params: { id } });
      await offline(agent);
      await overdue(id);
      await serverThat(panel.admin, id, { state: 'error', reason: 'node_offline', operation: failed });
      agent.server(id).state = 'stopped';
      await agent.connect();
      await serverThat(panel.admin, id, { state: 'stopped', reason: null });
      agent.disconnect();
    });

    it('end an order that the agent never finished', async () => {
      const agent = await FakeAgent.linked(panel);
      agent.isObedient = false;
      const { id } = await panel.admin.api.servers.create({ body: newServer(agent) });
      await vi.waitFor(() => expect(agent.controls).toHaveLength(1));
      await overdue(id);
      await serverThat(panel.admin, id, { state: 'error', reason: 'timed_out', operation: failed });
      expect(await code(panel.admin.api.servers.start({ params: { id } }))).toBe('invalid_state');
      agent.disconnect();
    });

    it('end a state that an agent entered by itself and never left', async () => {
      const agent = await FakeAgent.linked(panel);
      const { id } = await runningServer(panel.admin, agent);
      await agent.report(id, 'crashed');
      await agent.report(id, 'starting');
      await overdue(id);
      await serverThat(panel.admin, id, { state: 'error', reason: 'timed_out' });
      agent.disconnect();
    });

    it('do not touch what is in time', async () => {
      const agent = await FakeAgent.linked(panel);
      const { id } = await installedServer(panel.admin, agent);
      agent.isObedient = false;
      await panel.admin.api.servers.start({ params: { id } });
      await panel.panel.sweep.sweep();
      await serverThat(panel.admin, id, {
        state: 'starting',
        operation: expect.objectContaining({ status: 'running' }),
      });
      agent.disconnect();
    });

    it('come after the order was given again to an agent that did not answer it', async () => {
      const agent = await FakeAgent.linked(panel);
      const { id } = await installedServer(panel.admin, agent);
      let asked = 0;
      agent.isObedient = false;
      agent.answer('server_control', () => {
        asked += 1;
        return new Promise(() => {});
      });
      const { operationId } = await panel.admin.api.servers.start({ params: { id } });
      agent.answer('server_control', undefined);
      agent.isObedient = true;
      const past = new Date(Date.now() - 6000);
      await table().getRepository(OperationEntity).update({ id: operationId }, { startedAt: past });
      await panel.panel.sweep.sweep();
      await serverThat(panel.admin, id, { state: 'running', operation: succeeded });
      expect(asked).toBe(1);
      expect(agent.controls.at(-1)).toMatchObject({ operationId, action: 'start' });
      agent.disconnect();
    });
  });
});

describe('a connection that breaks again and again', () => {
  it('leaves nothing behind', async () => {
    const panel = await testPanel();
    await using proxy = await TcpProxy.open(panel.port);
    const agent = await FakeAgent.linked(panel);
    const { id } = await runningServer(panel.admin, agent);
    agent.link.panelUrl = proxy.url;
    for (let flap = 0; flap < 30; flap += 1) {
      await agent.connect();
      proxy.cut();
      await vi.waitFor(() => expect(panel.panel.core.agents.isOnline(agent.nodeId)).toBe(false));
    }
    await agent.connect();
    await serverThat(panel.admin, id, { state: 'running', reason: null });
    expect(panel.panel.core.io.of('/agent').sockets.size).toBe(1);
    expect(agent.controls.filter((one) => one.serverId === id)).toHaveLength(2);
    await panel.close();
  });
});
