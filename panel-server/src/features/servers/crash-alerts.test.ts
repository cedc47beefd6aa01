import type { Permission } from '@catalyst/shared/contract/permissions';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { FakeAgent } from '../../testing/fake-agent.ts';
import { type TestClient, type TestPanel, testDatabases, testPanel } from '../../testing/test-panel.ts';
import { roleWith } from '../../testing/test-people.ts';
import { runningServer, serverThat } from '../../testing/test-servers.ts';
import { TestSocket } from '../../testing/test-socket.ts';

const bySignal = {
  exitCode: 139,
  signal: 'SIGSEGV',
  reason: 'signal',
  reasonText: 'It was ended by SIGSEGV.',
  lastLines: ['loading the world', 'chunk \u001b[31m0,0\u0000 is broken'],
};

describe.each(testDatabases)('a crash on %s', (database) => {
  let panel: TestPanel;
  let agent: FakeAgent;
  let owner: TestClient;
  const sockets: TestSocket[] = [];
  beforeAll(async () => {
    panel = await testPanel({ database });
    agent = await FakeAgent.linked(panel);
    owner = await panel.createUser('owner', await roleWith(panel, ['server.create', 'template.read']));
  });
  afterAll(async () => {
    for (const socket of sockets) socket.close();
    await panel.close();
  });

  async function alertsOf({ token }: TestClient) {
    const socket = await TestSocket.connected(panel.url, token);
    sockets.push(socket);
    return socket.collect('alert');
  }
  const timeLine = async ({ api }: Pick<TestClient, 'api'>, id: string) =>
    (await api.servers.transitions({ params: { id }, query: {} })).items;

  async function friendWith(id: string, name: string, ...permissions: Permission[]): Promise<TestClient> {
    const friend = await panel.createUser(name);
    const { token } = await owner.api.subusers.invite({
      params: { id },
      body: { email: `${name}@example.com`, permissions },
    });
    await friend.api.subusers.acceptInvite({ params: { token } });
    return friend;
  }

  it('is an alert for those who see the server, with how it ended, and for nobody else', async () => {
    const { id, name } = await runningServer(owner, agent);
    const friend = await friendWith(id, 'friend', 'server.read');
    const stranger = await panel.createUser('stranger');
    const [seen, strange, ofFriend] = await Promise.all([owner, stranger, friend].map(alertsOf));
    agent.server(id).crashCount = 1;
    await agent.report(id, 'crashed', { ...bySignal, nextRestartAt: Date.now() + 60_000 });
    await vi.waitFor(() => expect(seen).toHaveLength(1));
    await vi.waitFor(() => expect(ofFriend).toHaveLength(1));
    expect(seen?.[0]).toMatchObject({
      kind: 'server_crashed',
      severity: 'warning',
      serverId: id,
      serverName: name,
      nodeId: agent.nodeId,
      message: `${name} crashed. It was ended by SIGSEGV. It is restarted.`,
      crash: {
        reason: 'signal',
        exitCode: 139,
        signal: 'SIGSEGV',
        outOfMemory: false,
        crashCount: 1,
        nextRestartAt: expect.any(Date),
      },
    });
    expect(JSON.stringify(seen)).not.toContain('loading the world');
    expect(strange).toEqual([]);
  });

  it('shows its last lines in the time line, to those who may read the console', async () => {
    const { id } = await runningServer(owner, agent);
    const watcher = await friendWith(id, 'watcher', 'server.read', 'activity.read');
    agent.server(id).crashCount = 1;
    await agent.report(id, 'crashed', { ...bySignal, outOfMemory: true });
    await serverThat(owner, id, { state: 'crashed' });
    expect((await timeLine(owner, id))[0]).toMatchObject({
      state: 'crashed',
      exitCode: 139,
      signal: 'SIGSEGV',
      outOfMemory: true,
      lastLines: ['loading the world', 'chunk [31m0,0 is broken'],
    });
    expect((await timeLine(watcher, id))[0]).toMatchObject({ signal: 'SIGSEGV', lastLines: [] });
    expect(panel.logText()).not.toContain('loading the world');
    expect((await timeLine(owner, id))[1]).toMatchObject({ signal: null, outOfMemory: false, lastLines: [] });
  });

  it('after which it is not restarted any more is a critical one', async () => {
    const { id } = await runningServer(owner, agent);
    const seen = await alertsOf(owner);
    const crash = async (crashCount: number, nextRestartAt: number | null) => {
      agent.server(id).crashCount = crashCount;
      await agent.report(id, 'crashed', { ...bySignal, nextRestartAt });
    };
    await crash(1, Date.now() + 60_000);
    await agent.report(id, 'starting');
    await crash(2, null);
    await vi.waitFor(() => expect(seen).toHaveLength(2));
    expect(seen.map(({ kind, severity }) => [kind, severity])).toEqual([
      ['server_crashed', 'warning'],
      ['restarts_given_up', 'critical'],
    ]);
    expect(seen[1]?.message).toContain('It crashed too often and is not restarted.');
  });

  it('is told once, however often its node tells it, and not at all when it is a start that failed', async () => {
    const { id } = await runningServer(owner, agent);
    const seen = await alertsOf(owner);
    agent.server(id).crashCount = 1;
    await agent.report(id, 'crashed', bySignal);
    await agent.report(id, 'crashed', bySignal);
    await agent.sendSnapshot();
    // Somebody starts it, and hears from that what is wrong.
    await agent.report(id, 'starting');
    await agent.report(id, 'crashed', { reason: 'port_taken', reasonText: 'Port 1 is taken.' });
    await agent.report(id, 'starting');
    agent.server(id).crashCount = 2;
    await agent.report(id, 'crashed', bySignal);
    await vi.waitFor(() => expect(seen.at(-1)?.crash.crashCount).toBe(2));
    expect(seen.map(({ crash }) => crash.crashCount)).toEqual([1, 2]);
  });

  it('is told when the panel was away while it was restarted, and gave up', async () => {
    const { id } = await runningServer(owner, agent);
    const seen = await alertsOf(owner);
    agent.server(id).crashCount = 1;
    await agent.report(id, 'crashed', { ...bySignal, nextRestartAt: Date.now() + 60_000 });
    await vi.waitFor(() => expect(seen).toHaveLength(1));
    agent.disconnect();
    await serverThat(owner, id, { node: expect.objectContaining({ online: false }) });
    agent.server(id).crashCount = 3;
    await agent.connect({ snapshot: false });
    const again = { exitCode: 7, reason: 'exit_code', reasonText: 'It ended with exit code 7.' };
    const snapshot = () => agent.sendSnapshot((server) => (server.serverId === id ? again : {}));
    await Promise.all([snapshot(), snapshot()]);
    await snapshot();
    // What comes after any second alert of this crash.
    await agent.report(id, 'starting');
    agent.server(id).crashCount = 4;
    await agent.report(id, 'crashed', bySignal);
    await vi.waitFor(() => expect(seen.at(-1)?.crash.crashCount).toBe(4));
    expect(seen.map(({ kind, crash }) => [kind, crash.crashCount, crash.exitCode])).toEqual([
      ['server_crashed', 1, 139],
      ['restarts_given_up', 3, 7],
      ['restarts_given_up', 4, 139],
    ]);
  });
});
