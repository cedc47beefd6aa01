import { expect, vi } from 'vitest';
import { FakeAgent } from './fake-agent.ts';
import type { TestPanel } from './test-panel.ts';

/** A node whose agent has told that it has containerd. */
export async function containerNode(
  panel: TestPanel,
  name = 'containers',
  more: object = {},
): Promise<FakeAgent> {
  const agent = await FakeAgent.linked(panel, name, more);
  agent.announceContainers();
  await vi.waitFor(async () => {
    const node = await panel.admin.api.nodes.get({ params: { id: agent.nodeId } });
    expect(node.health?.runtimes).toHaveLength(2);
  });
  return agent;
}
