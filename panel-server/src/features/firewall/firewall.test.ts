import { AppError } from '@catalyst/shared/contract/errors';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { codeOf } from '../../testing/code-of.ts';
import { FakeAgent } from '../../testing/fake-agent.ts';
import { type TestPanel, testDatabases, testPanel } from '../../testing/test-panel.ts';
import { installedServer } from '../../testing/test-servers.ts';

describe.each(testDatabases)("the firewalls of nodes' machines on %s", (database) => {
  let panel: TestPanel;
  let agent: FakeAgent;

  beforeAll(async () => {
    panel = await testPanel({ database });
    agent = await FakeAgent.linked(panel);
  });
  afterAll(() => panel.close());

  const params = () => ({ id: agent.nodeId });
  const told = (opens: boolean) => vi.waitFor(() => expect(agent.opensFirewall).toBe(opens));

  it('are opened for servers unless somebody turns that off, and agents are told when they come', async () => {
    const { nodes } = panel.admin.api;
    await told(true);
    expect((await nodes.get({ params: params() })).opensFirewall).toBe(true);
    const changed = await nodes.update({ params: params(), body: { opensFirewall: false } });
    expect(changed.opensFirewall).toBe(false);
    await told(false);
    agent.disconnect();
    await vi.waitFor(async () => expect((await nodes.get({ params: params() })).status).toBe('offline'));
    await nodes.update({ params: params(), body: { opensFirewall: true } });
    expect(agent.opensFirewall).toBe(false);
    await agent.connect();
    await told(true);
  });

  it('are shown with what is open for which server', async () => {
    const { firewall } = panel.admin.api;
    const { id } = await installedServer(panel.admin, agent, { name: 'Lobby' });
    const opening = { ip: '0.0.0.0', port: 25565, protocol: 'tcp' as const };
    agent.openPorts = [
      { serverId: id, ...opening },
      { serverId: 'gone', ...opening },
    ];
    expect(await firewall.get({ params: params() })).toEqual({
      unavailable: null,
      opens: true,
      gates: [{ name: 'iptables INPUT', hook: 'input' }],
      openPorts: [
        { serverId: id, serverName: 'Lobby', ...opening },
        { serverId: 'gone', serverName: null, ...opening },
      ],
      isForwardingOpen: false,
      notes: [],
    });
  });

  it('follow the choice when their agent can, and keep nobody from choosing', async () => {
    const { nodes, firewall } = panel.admin.api;
    let asked = 0;
    agent.answer('firewall:set', () => {
      asked += 1;
      throw new AppError('disk_full', 'The disk of this node is full');
    });
    const chosen = await nodes.update({ params: params(), body: { opensFirewall: false } });
    expect(chosen.opensFirewall).toBe(false);
    await vi.waitFor(() => expect(asked).toBe(1));
    agent.answer('firewall:set', undefined);
    const nobody = { id: '01980000-0000-7000-8000-0000000000ff' };
    expect(await codeOf(firewall.get({ params: nobody }))).toBe('not_found');
    expect(await codeOf(nodes.update({ params: params(), body: { opensFirewall: 'yes' as never } }))).toBe(
      'invalid_input',
    );
  });
});
