import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeAgent } from '../../testing/fake-agent.ts';
import { type TestPanel, testDatabases, testPanel } from '../../testing/test-panel.ts';
import { installedServer, runningServer, serverThat } from '../../testing/test-servers.ts';
import { TransitionEntity } from './transition.entity.ts';
import { pruneTransitions } from './transitions.ts';

describe.each(testDatabases)('the states a server has been in on %s', (database) => {
  let panel: TestPanel;
  let agent: FakeAgent;
  beforeAll(async () => {
    panel = await testPanel({ database });
    agent = await FakeAgent.linked(panel);
  });
  afterAll(() => panel.close());
  const all = async (id: string) =>
    (await panel.admin.api.servers.transitions({ params: { id }, query: {} })).items.reverse();

  it('are told with who brought each about, why, and how the game ended', async () => {
    const { id } = await runningServer(panel.admin, agent);
    await agent.report(id, 'crashed', {
      exitCode: 139,
      reason: 'signal',
      reasonText: 'It was ended by SIGSEGV.',
    });
    await serverThat(panel.admin, id, { state: 'crashed' });
    const { key } = await panel.admin.api.apiKeys.create({ body: { name: 'robot', scopes: ['*'] } });
    await panel.clientFor(key).servers.start({ params: { id } });
    await serverThat(panel.admin, id, { state: 'running' });
    const seen = (await all(id)).map(({ previous, state, actor }) => [
      previous,
      state,
      actor.kind,
      actor.name,
    ]);
    expect(seen).toEqual([
      [null, 'installing', 'user', 'admin'],
      ['installing', 'stopped', 'agent', null],
      ['stopped', 'starting', 'user', 'admin'],
      ['starting', 'running', 'agent', null],
      ['running', 'crashed', 'agent', null],
      ['crashed', 'starting', 'key', 'admin (robot)'],
      ['starting', 'running', 'agent', null],
    ]);
    expect((await all(id))[4]).toMatchObject({ exitCode: 139, reasonText: 'It was ended by SIGSEGV.' });
  });

  it('come page by page, newest first, and go with the server or after 90 days', async () => {
    const { id } = await installedServer(panel.admin, agent);
    const rows = panel.panel.core.database.getRepository(TransitionEntity);
    const page = await panel.admin.api.servers.transitions({ params: { id }, query: { limit: 1 } });
    expect(page.items).toMatchObject([{ previous: 'installing', state: 'stopped' }]);
    const cursor = page.nextCursor as string;
    const next = await panel.admin.api.servers.transitions({ params: { id }, query: { limit: 1, cursor } });
    expect(next).toMatchObject({ items: [{ previous: null, state: 'installing' }], nextCursor: null });
    await rows.update({ id: next.items[0]?.id as string }, { at: new Date(Date.now() - 91 * 86_400_000) });
    await pruneTransitions(panel.panel.core.database);
    expect(await all(id)).toHaveLength(1);
    await panel.admin.api.servers.delete({ params: { id } });
    await expect.poll(() => rows.countBy({ serverId: id })).toBe(0);
  });

  it('do not change for a report that does not fit', async () => {
    const { id } = await installedServer(panel.admin, agent);
    const before = await all(id);
    await agent.report(id, 'running');
    await serverThat(panel.admin, id, { state: 'stopped', reason: 'impossible_report' });
    expect(await all(id)).toEqual(before);
  });
});
