import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { codeOf } from '../../testing/code-of.ts';
import { FakeAgent } from '../../testing/fake-agent.ts';
import { type TestClient, type TestPanel, testDatabases, testPanel } from '../../testing/test-panel.ts';
import { roleWith } from '../../testing/test-people.ts';
import { installedServer, runningServer, serverThat } from '../../testing/test-servers.ts';
import { TestSocket } from '../../testing/test-socket.ts';

describe.each(testDatabases)('suspension on %s', (database) => {
  let panel: TestPanel;
  let agent: FakeAgent;
  let owner: TestClient;
  let names = 0;
  beforeAll(async () => {
    panel = await testPanel({ database });
    agent = await FakeAgent.linked(panel);
    owner = await panel.createUser('owner', await roleWith(panel, ['server.create', 'template.read']));
  });
  afterAll(() => panel.close());

  const suspend = (id: string, reason = 'The bill is not paid') =>
    panel.admin.api.servers.suspend({ params: { id }, body: { reason } });
  const unsuspend = (id: string) => panel.admin.api.servers.unsuspend({ params: { id } });

  /** Everything the people of a server can do with it, by what it is called. */
  function doors({ api }: TestClient, id: string): Record<string, () => Promise<unknown>> {
    const params = { id };
    return {
      start: () => api.servers.start({ params }),
      stop: () => api.servers.stop({ params }),
      restart: () => api.servers.restart({ params }),
      kill: () => api.servers.kill({ params }),
      reinstall: () => api.servers.reinstall({ params }),
      update: () => api.servers.update({ params, body: { description: 'mine' } }),
      delete: () => api.servers.delete({ params }),
      resetCrashCount: () => api.servers.resetCrashCount({ params }),
      command: () => api.console.command({ params, body: { command: 'help' } }),
      logs: () => api.console.logs({ params, query: {} }),
      invite: () =>
        api.subusers.invite({ params, body: { email: 'other@example.com', permissions: ['server.read'] } }),
    };
  }

  it('stops a running server, says who and why, and gives it back stopped', async () => {
    const { id } = await runningServer(owner, agent);
    expect(await suspend(id)).toMatchObject({
      state: 'suspended',
      desiredState: 'stopped',
      suspendedAt: expect.any(Date),
      suspendedByName: 'admin',
      suspensionReason: 'The bill is not paid',
    });
    await vi.waitFor(() => expect(agent.servers.get(id)?.spec).toMatchObject({ suspended: true }));
    expect(await codeOf(suspend(id))).toBe('invalid_state');
    await agent.report(id, 'stopping');
    await agent.report(id, 'stopped');
    await serverThat(owner, id, {
      state: 'suspended',
      permissions: expect.not.arrayContaining(['server.start']),
    });
    expect(await unsuspend(id)).toMatchObject({
      state: 'stopped',
      suspendedAt: null,
      suspensionReason: null,
    });
    await vi.waitFor(() => expect(agent.servers.get(id)?.spec).toMatchObject({ suspended: false }));
    expect(await codeOf(unsuspend(id))).toBe('invalid_state');
    await owner.api.servers.start({ params: { id } });
    await serverThat(owner, id, { state: 'running' });
  });

  it('closes every door to its people, whatever they come with, and leaves them the view', async () => {
    const { id } = await runningServer(owner, agent);
    const name = `helper${++names}`;
    const helper = await panel.createUser(name);
    const { token } = await owner.api.subusers.invite({
      params: { id },
      body: { email: `${name}@example.com`, permissions: ['server.read', 'server.start', 'console.read'] },
    });
    await helper.api.subusers.acceptInvite({ params: { token } });
    const { key } = await owner.api.apiKeys.create({ body: { name: 'all', scopes: ['*'] } });
    const byKey = { ...owner, api: panel.clientFor(key) };
    const sockets = await Promise.all(
      [owner, helper].map(({ token: session }) => TestSocket.connected(panel.url, session)),
    );
    const revoked = sockets.map((socket) => {
      const seen: { serverId: string }[] = [];
      socket.socket.on('revoked', (about) => seen.push(about));
      return seen;
    });
    for (const socket of sockets) await socket.call('console:subscribe', { serverId: id });
    await suspend(id);
    for (const seen of revoked) {
      await vi.waitFor(() => expect(seen).toMatchObject([{ serverId: id }]), { timeout: 2000 });
    }
    for (const person of [owner, byKey]) {
      for (const [door, open] of Object.entries(doors(person, id)))
        expect([door, await codeOf(open())]).toEqual([door, 'suspended']);
    }
    expect(await codeOf(helper.api.servers.start({ params: { id } }))).toBe('suspended');
    for (const socket of sockets) {
      expect(await codeOf(socket.call('console:subscribe', { serverId: id }))).toBe('suspended');
      expect(await codeOf(socket.call('server_control', { serverId: id, action: 'start' }))).toBe(
        'suspended',
      );
      socket.socket.disconnect();
    }
    expect(await codeOf(helper.api.servers.suspend({ params: { id }, body: {} }))).toBe('forbidden');
    expect(await codeOf(owner.api.servers.unsuspend({ params: { id } }))).toBe('forbidden');
    await serverThat(owner, id, { state: 'suspended' });
    expect((await helper.api.servers.list({ query: {} })).items.map((server) => server.id)).toContain(id);
    for (const action of ['start', 'restart'] as const) {
      expect(await codeOf(panel.admin.api.servers[action]({ params: { id } }))).toBe('suspended');
    }
    await panel.admin.api.servers.update({ params: { id }, body: { description: 'by who may' } });
    await unsuspend(id);
    expect(await codeOf(owner.api.servers.update({ params: { id }, body: { description: 'mine' } }))).toBe(
      'ok',
    );
  });

  it('keeps its owner from giving it away', async () => {
    const { id } = await installedServer(owner, agent);
    await suspend(id);
    const asked = owner.api.subusers.transferOwnership({
      params: { id },
      body: { userId: panel.user.userId },
    });
    expect(await codeOf(asked)).toBe('suspended');
  });

  it('reaches a node that was away, and its lifting does too', async () => {
    const node = await FakeAgent.linked(panel, `away${database}`);
    const { id } = await runningServer(owner, node);
    node.disconnect();
    await serverThat(owner, id, { node: expect.objectContaining({ online: false }) });
    expect(await suspend(id)).toMatchObject({ state: 'suspended' });
    await node.connect();
    await vi.waitFor(() => expect(node.servers.get(id)?.spec).toMatchObject({ suspended: true }));
    await serverThat(owner, id, { state: 'suspended', node: expect.objectContaining({ online: true }) });
    node.disconnect();
    await serverThat(owner, id, { node: expect.objectContaining({ online: false }) });
    await unsuspend(id);
    await node.connect();
    await vi.waitFor(() => expect(node.servers.get(id)?.spec).toMatchObject({ suspended: false }));
    node.disconnect();
  });

  it('ends what was under way', async () => {
    const { id } = await installedServer(owner, agent);
    agent.isObedient = false;
    await owner.api.servers.start({ params: { id } });
    agent.isObedient = true;
    await suspend(id);
    await serverThat(owner, id, {
      state: 'suspended',
      operation: expect.objectContaining({ status: 'failed', error: 'The server was suspended' }),
    });
  });

  it('does not call a deletion off', async () => {
    const node = await FakeAgent.linked(panel, `deleting${database}`);
    const { id } = await installedServer(owner, node);
    await suspend(id);
    node.isObedient = false;
    await panel.admin.api.servers.delete({ params: { id } });
    expect(await codeOf(unsuspend(id))).toBe('invalid_state');
    await serverThat(panel.admin, id, {
      operation: expect.objectContaining({ kind: 'delete', error: null }),
    });
    node.disconnect();
  });

  it('is for whoever may do so on its node', async () => {
    const { id } = await installedServer(owner, agent);
    const keeper = await panel.createUser(
      `keeper${++names}`,
      await roleWith(panel, ['server.read', 'server.suspend'], [agent.nodeId]),
    );
    const elsewhere = await panel.createUser(
      `elsewhere${++names}`,
      await roleWith(panel, ['server.read', 'server.suspend'], []),
    );
    const by = ({ api }: TestClient) => api.servers.suspend({ params: { id }, body: {} });
    expect(await codeOf(by(elsewhere))).toBe('not_found');
    expect(await codeOf(by(owner))).toBe('forbidden');
    expect(await codeOf(by(keeper))).toBe('ok');
    expect(await codeOf(keeper.api.servers.start({ params: { id } }))).toBe('forbidden');
  });

  it('is deleted by its owner only where the panel lets owners do so', async () => {
    const { id } = await installedServer(owner, agent);
    await panel.admin.api.servers.suspend({ params: { id }, body: {} });
    const remove = () => codeOf(owner.api.servers.delete({ params: { id } }));
    const permissionsNow = async () => {
      const { items } = await owner.api.servers.list();
      const server = await owner.api.servers.get({ params: { id } });
      expect(items.find((one) => one.id === id)?.permissions).toEqual(server.permissions);
      return server.permissions;
    };
    expect(await permissionsNow()).not.toContain('server.delete');
    expect(await remove()).toBe('suspended');
    await panel.admin.api.settings.update({ body: { suspendedDeletion: 'owner' } });
    expect(await permissionsNow()).toContain('server.delete');
    expect(await codeOf(owner.api.servers.start({ params: { id } }))).toBe('suspended');
    const guest = await panel.createUser(`watching-${database}`);
    const invite = await panel.admin.api.subusers.invite({
      params: { id },
      body: { permissions: ['server.delete'] },
    });
    await guest.api.subusers.acceptInvite({ params: { token: invite.token } });
    expect(await codeOf(guest.api.servers.delete({ params: { id } }))).toBe('suspended');
    expect(await remove()).toBe('ok');
    await panel.admin.api.settings.update({ body: { suspendedDeletion: 'administrators' } });
  });
});
