import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { codeOf } from '../../testing/code-of.ts';
import { FakeAgent } from '../../testing/fake-agent.ts';
import { type TestPanel, testDatabases, testPanel } from '../../testing/test-panel.ts';
import { installedServer } from '../../testing/test-servers.ts';

describe.each(testDatabases)('what listens at the ports of servers on %s', (database) => {
  let panel: TestPanel;
  let agent: FakeAgent;
  beforeAll(async () => {
    panel = await testPanel({ database });
    agent = await FakeAgent.linked(panel);
  });
  afterAll(() => panel.close());

  it('is what the node says, to whoever sees the server, and nobody knows it while the node is away', async () => {
    const { id, portBindings } = await installedServer(panel.admin, agent);
    const params = { id };
    const { ports } = await panel.admin.api.livePorts.list({ params });
    expect(ports.map(({ name, port }) => ({ name, port }))).toEqual(
      portBindings.map(({ name, port }) => ({ name, port })),
    );
    expect(ports[0]).toMatchObject({ state: 'listening', holder: null });
    const stranger = await panel.createUser('stranger');
    expect(await codeOf(stranger.api.livePorts.list({ params }))).toBe('not_found');
    agent.disconnect();
    await vi.waitFor(async () =>
      expect(await codeOf(panel.admin.api.livePorts.list({ params }))).toBe('node_offline'),
    );
  });
});
