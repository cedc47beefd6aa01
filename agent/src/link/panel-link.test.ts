import { writeFileSync } from 'node:fs';
import { SigningKey } from '@catalyst/shared/node/signing-key';
import { describe, expect, it, vi } from 'vitest';
import { FakePanel } from '../testing/fake-panel.ts';
import { fakeSpec } from '../testing/server-specs.ts';
import { runServer, testAgent } from '../testing/test-agent.ts';

describe('the link', () => {
  it('enrols with the secret once, then is known by its key', async () => {
    const panel = await FakePanel.open();
    const link = panel.pairing();
    const agent = await testAgent(link);
    await panel.connected();
    expect(panel.shown).toEqual([link.secret]);
    panel.cut();
    await panel.connected(1);
    await agent.close();
    await testAgent(null, { dataDir: agent.dataDir });
    await panel.connected(2);
    expect(panel.shown).toEqual([link.secret]);
    expect(new Set(panel.hellos.map(({ publicKey }) => publicKey)).size).toBe(1);
    expect(new Set(panel.hellos.map(({ processId }) => processId)).size).toBe(2);
    expect(new Set(panel.hellos.map(({ nonce }) => nonce)).size).toBe(3);
  });

  it('works over TLS with a pinned key', async () => {
    const panel = await FakePanel.open({ tls: true });
    await testAgent(panel.pairing());
    await panel.connected();
    expect(await panel.call('node:ping', {})).toEqual({});
  });

  it('says nothing to a panel with another TLS key', async () => {
    const panel = await FakePanel.open({ tls: true });
    const imposter = await FakePanel.open({ tls: true, like: panel });
    const agent = await testAgent({ ...panel.pairing(), panelUrl: imposter.url });
    await vi.waitFor(() =>
      expect(messages(agent)).toContain(
        `The panel at 127.0.0.1:${imposter.port} shows another TLS key than the one this agent was linked with. Nothing was sent to it.`,
      ),
    );
    expect(imposter.hellos).toEqual([]);
    expect(imposter.shown).toEqual([]);
    expect(JSON.stringify(agent.logged)).not.toContain([...panel.secrets][0]);
  });

  it('wants an authority to vouch for a panel without a pin', async () => {
    const panel = await FakePanel.open({ tls: true });
    const agent = await testAgent({ ...panel.pairing(), tlsPin: null });
    await vi.waitFor(() => expect(messages(agent).join()).toContain('cannot be reached'));
    expect(panel.hellos).toEqual([]);
  });

  it('proves itself and shows the secret only to the panel it was linked with', async () => {
    const panel = await FakePanel.open();
    const imposter = await FakePanel.open();
    Object.assign(imposter, { nodeId: panel.nodeId });
    const agent = await testAgent({ ...panel.pairing(), panelUrl: imposter.url });
    await vi.waitFor(() =>
      expect(messages(agent).join()).toContain('is not the one this agent was linked with'),
    );
    expect(imposter.hellos.length).toBeGreaterThan(0);
    expect(imposter.shown).toEqual([]);
    expect(imposter.told).toEqual([]);
  });

  it('does not believe a panel that knows the right key but does not hold it', async () => {
    const panel = await FakePanel.open();
    const liar = await FakePanel.open({ like: panel });
    Object.defineProperty(liar, 'panelKey', { value: panel.panelKey });
    Object.assign(liar, { key: new SigningKey() });
    const agent = await testAgent({ ...panel.pairing(), panelUrl: liar.url });
    await vi.waitFor(() =>
      expect(messages(agent).join()).toContain('is not the one this agent was linked with'),
    );
    expect(liar.shown).toEqual([]);
  });

  it('tells once why it is refused, keeps its servers, and goes on asking', async () => {
    const panel = await FakePanel.open();
    const agent = await testAgent(panel.pairing());
    await panel.connected();
    const id = await runServer(panel, fakeSpec(['say ready']));
    panel.protocol = 99;
    panel.cut();
    const attempts = panel.hellos.length;
    await vi.waitFor(() => expect(panel.hellos.length).toBeGreaterThan(attempts + 2), 5000);
    expect(messages(agent).filter((text) => text.startsWith('Update the agent'))).toHaveLength(1);
    expect(agent.supervisor.get(id).running).not.toBeNull();
    panel.protocol = 1;
    await panel.connected(1);
    expect(panel.snapshot).toMatchObject([{ serverId: id, state: 'running' }]);
  });

  it('is refused with a used token, and takes a new one from the link file at once', async () => {
    const panel = await FakePanel.open();
    const used = panel.pairing();
    panel.secrets.clear();
    const agent = await testAgent(used, { link: { times: { refusedMs: 600_000 } } });
    await vi.waitFor(() =>
      expect(messages(agent)).toContain('The deployment token is used, expired or for another node'),
    );
    writeFileSync(agent.folder.link, JSON.stringify(panel.pairing()));
    await panel.connected();
  });

  it('follows a panel that comes back at another port', async () => {
    const panel = await FakePanel.open();
    const agent = await testAgent(panel.pairing());
    await panel.connected();
    await panel.close();
    const moved = await FakePanel.open({ like: panel });
    writeFileSync(agent.folder.link, JSON.stringify(moved.pairing()));
    await moved.connected();
    expect(moved.shown).toEqual([]);
  });

  it('goes over to another panel when it is linked to one, without a restart', async () => {
    const [panel, other] = [await FakePanel.open(), await FakePanel.open()];
    const agent = await testAgent(panel.pairing());
    await panel.connected();
    writeFileSync(agent.folder.link, JSON.stringify(other.pairing()));
    await other.connected();
    await vi.waitFor(() => expect(panel.isConnected).toBe(false));
  });

  it('shows a new secret to its panel when that has forgotten it', async () => {
    const panel = await FakePanel.open();
    const agent = await testAgent(panel.pairing());
    await panel.connected();
    panel.agentKey = null;
    const renewed = panel.pairing();
    writeFileSync(agent.folder.link, JSON.stringify(renewed));
    panel.cut();
    await panel.connected(1);
    expect(panel.shown.at(-1)).toBe(renewed.secret);
  });

  it('waits for a link file, and says that it does', async () => {
    const panel = await FakePanel.open();
    const agent = await testAgent(null);
    await vi.waitFor(() => expect(messages(agent).join()).toContain('not linked to a panel yet'));
    writeFileSync(agent.folder.link, 'half a fi');
    await vi.waitFor(() => expect(messages(agent).join()).toContain('is damaged'));
    writeFileSync(agent.folder.link, JSON.stringify(panel.pairing()));
    await panel.connected();
  });

  it('refuses to reach another machine without TLS', async () => {
    const panel = await FakePanel.open();
    const agent = await testAgent({ ...panel.pairing(), panelUrl: 'http://192.0.2.1:3000' });
    await vi.waitFor(() => expect(messages(agent).join()).toContain('must be https, except on this machine'));
  });

  it('notices a panel that hangs with the connection open', async () => {
    const panel = await FakePanel.open({ pings: { pingInterval: 200, pingTimeout: 10_000 } });
    const agent = await testAgent(panel.pairing(), { link: { connect: { silenceMs: 1500 } } });
    await panel.connected();
    panel.freeze();
    await panel.connected(1);
    expect(agent.link.isConnected).toBe(true);
    expect(agent.logged).toContainEqual(expect.objectContaining({ reason: 'silence' }));
  });

  it('comes back after a hundred cuts with nothing piled up', async () => {
    const panel = await FakePanel.open();
    const agent = await testAgent(panel.pairing());
    await panel.connected();
    const handles = () => process.getActiveResourcesInfo().length;
    const before = handles();
    for (let round = 1; round <= 100; round++) {
      panel.cut();
      await panel.connected(round);
    }
    await vi.waitFor(() => expect(handles()).toBeLessThanOrEqual(before + 10));
    expect(agent.link.isConnected).toBe(true);
  });
});

function messages({ logged }: { logged: Record<string, unknown>[] }): string[] {
  return logged.map(({ msg }) => String(msg));
}
