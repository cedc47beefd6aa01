import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeAgent } from '../../testing/fake-agent.ts';
import { type TestPanel, testDatabases, testPanel } from '../../testing/test-panel.ts';
import { newServer, serverThat } from '../../testing/test-servers.ts';

describe.each(testDatabases)('servers on %s', (database) => {
  let panel: TestPanel;
  let agent: FakeAgent;

  beforeAll(async () => {
    panel = await testPanel({ database });
    agent = await FakeAgent.linked(panel);
  });
  afterAll(() => panel.close());

  it('is created, installed, started, stopped and deleted', async () => {
    const { admin } = panel;
    const created = await admin.api.servers.create({ body: newServer(agent, { name: 'First' }) });
    expect(created).toMatchObject({
      name: 'First',
      state: 'installing',
      desiredState: 'stopped',
      node: { id: agent.nodeId, online: true },
      owner: { id: admin.userId, name: 'admin' },
      operation: { kind: 'install' },
      address: `192.0.2.10:${created.primaryPort}`,
    });
    const params = { id: created.id };
    await serverThat(admin, created.id, {
      state: 'stopped',
      operation: expect.objectContaining({ status: 'succeeded' }),
    });
    const { operationId, state } = await admin.api.servers.start({ params });
    expect(state).toBe('starting');
    await serverThat(admin, created.id, {
      state: 'running',
      desiredState: 'running',
      operation: expect.objectContaining({ id: operationId, status: 'succeeded' }),
    });
    await admin.api.servers.stop({ params });
    await serverThat(admin, created.id, { state: 'stopped', desiredState: 'stopped' });
    await admin.api.servers.delete({ params });
    await expect.poll(() => admin.api.servers.get({ params }).catch((error) => error.code)).toBe('not_found');
  });
});
