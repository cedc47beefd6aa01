import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { codeOf } from '../../testing/code-of.ts';
import { FakeAgent } from '../../testing/fake-agent.ts';
import { type TestPanel, testDatabases, testPanel } from '../../testing/test-panel.ts';
import { installedServer } from '../../testing/test-servers.ts';

describe.each(testDatabases)('what deleted servers leave on %s', (database) => {
  let panel: TestPanel;
  let agent: FakeAgent;

  beforeAll(async () => {
    panel = await testPanel({ database });
    agent = await FakeAgent.linked(panel);
  });
  afterAll(() => panel.close());

  const removalOf = (serverId: string) =>
    vi.waitFor(() => {
      const order = agent.controls.findLast((one) => one.serverId === serverId && one.action === 'remove');
      if (!order) throw new Error('The agent was not told');
      return order;
    });

  it('is wiped unless somebody says otherwise', async () => {
    const { id } = await installedServer(panel.admin, agent);
    await panel.admin.api.servers.delete({ params: { id } });
    expect(await removalOf(id)).toMatchObject({ wipe: true });
    expect((await removalOf(id)).keepAs).toBeUndefined();
  });

  it('is kept under its name, listed, and wiped for good', async () => {
    const { admin } = panel;
    const { id } = await installedServer(admin, agent, { name: 'Old world' });
    await admin.api.servers.delete({ params: { id }, query: { data: 'keep' } });
    const keepAs = { name: 'Old world', template: 'Minecraft (flying-squid)' };
    expect(await removalOf(id)).toMatchObject({ wipe: false, keepAs });
    const node = { id: agent.nodeId };
    const item = { serverId: id, ...keepAs, keptAt: expect.any(Date), sizeBytes: 4096 };
    await vi.waitFor(async () => {
      expect((await admin.api.kept.list({ params: node })).items).toEqual([item]);
    });
    await admin.api.kept.wipe({ params: { ...node, serverId: id } });
    expect((await admin.api.kept.list({ params: node })).items).toEqual([]);
    expect(await codeOf(admin.api.kept.wipe({ params: { ...node, serverId: id } }))).toBe('not_found');
    const { items } = await admin.api.audit.list({ query: { action: 'node.wipe-kept' } });
    expect(items.at(-1)).toMatchObject({ details: { serverId: id, name: 'Old world' } });
  });

  it('is kept, too, when the node was away, and its agent says so itself', async () => {
    const { admin } = panel;
    const { id } = await installedServer(admin, agent, { name: 'Left behind' });
    agent.disconnect();
    await vi.waitFor(async () => {
      expect((await admin.api.servers.get({ params: { id } })).node.online).toBe(false);
    });
    await admin.api.servers.delete({ params: { id }, query: { data: 'keep' } });
    expect(await codeOf(admin.api.kept.list({ params: { id: agent.nodeId } }))).toBe('node_offline');
    await agent.connect();
    expect(await removalOf(id)).toMatchObject({ wipe: false, keepAs: { name: 'Left behind' } });
  });
});
