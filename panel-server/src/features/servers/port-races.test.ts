import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeAgent } from '../../testing/fake-agent.ts';
import { createAtOnce, leftovers, portRound, removed, tenPorts } from '../../testing/port-rounds.ts';
import { type TestPanel, testDatabases, testPanel } from '../../testing/test-panel.ts';
import { testTemplates } from '../../testing/test-template.ts';

const nothing = { allocations: 0, servers: 0, tombstones: 0, openOperations: 0 };

describe.each(testDatabases)('a race for the ten ports of a pool on %s', (database) => {
  let panel: TestPanel;
  let agent: FakeAgent;
  const left = () => leftovers(panel.panel.core.database, agent.nodeId);

  beforeAll(async () => {
    panel = await testPanel({ database, options: { templates: testTemplates() } });
    agent = await FakeAgent.linked(panel);
    await tenPorts(panel.admin.api, agent);
  });
  afterAll(() => panel.close());

  it('gives each to exactly one of 100 at once, and nothing to the others', async () => {
    const { api } = panel.admin;
    const { servers, refusals } = await createAtOnce(api, agent, 100);
    expect(servers.map(({ primaryPort }) => primaryPort).sort()).toEqual(
      Array.from({ length: 10 }, (_, index) => 20_000 + index),
    );
    expect(refusals).toEqual(Array.from({ length: 90 }, () => 'no_free_port'));
    expect(await left()).toMatchObject({ allocations: 10, servers: 10 });
    await Promise.all(servers.map(({ id }) => removed(api, id)));
    expect(await left()).toEqual(nothing);
  });

  it('leaves nothing behind after rounds of creation, failure and deletion, four at once', async () => {
    const { api } = panel.admin;
    for (let round = 0; round < 5; round += 1) {
      const refusals = await Promise.all(Array.from({ length: 4 }, () => portRound(api, agent)));
      expect(refusals).toEqual(Array(4).fill(['port_taken', 'port_taken', 'limit_reached']));
    }
    expect(await left()).toEqual(nothing);
    const [pool] = (await api.portPools.list({ params: { id: agent.nodeId } })).items;
    expect(pool?.freeCount).toBe(11);
  });
});

it('gives each of the last ports of a range to exactly one of 100 at once', async () => {
  const panel = await testPanel({
    options: { templates: testTemplates(), portRange: { from: 20_000, to: 20_009 } },
  });
  const agent = await FakeAgent.linked(panel);
  const { servers, refusals } = await createAtOnce(panel.admin.api, agent, 100);
  expect(servers.map(({ primaryPort }) => primaryPort).sort()).toEqual(
    Array.from({ length: 10 }, (_, index) => 20_000 + index),
  );
  expect(refusals).toEqual(Array.from({ length: 90 }, () => 'no_free_port'));
  await panel.close();
});
