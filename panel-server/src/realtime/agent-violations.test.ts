import { agentEvents, panelCalls } from '@catalyst/shared/link';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { AuditEntryEntity } from '../features/audit/audit-entry.entity.ts';
import { ServerEntity } from '../features/servers/server.entity.ts';
import { FakeAgent } from '../testing/fake-agent.ts';
import { type TestPanel, testDatabases, testPanel } from '../testing/test-panel.ts';
import { installedServer, runningServer, serverThat } from '../testing/test-servers.ts';
import { TestSocket } from '../testing/test-socket.ts';

const state = {
  state: 'running',
  reason: null,
  reasonText: null,
  exitCode: null,
  signal: null,
  outOfMemory: false,
  crashCount: 0,
  startedAt: null,
  nextRestartAt: null,
  at: Date.now(),
};
const id = '01890000-0000-7000-8000-000000000000';
const stats = { cpuPercent: 1, memoryBytes: 1, diskBytes: 1, pids: 1 };
const line = { seq: 1, at: Date.now(), stream: 'stdout', text: 'forged' };

/** A message of every kind there is, about one server. */
const messages: Record<string, (serverId: string) => object> = {
  node_snapshot: (serverId) => ({
    servers: [{ serverId, ...state, revision: 1, pid: null, lastSeq: 0, lastEventId: 9 }],
  }),
  server_state_update: (serverId) => ({ eventId: 1000, report: { serverId, ...state } }),
  'operation:finished': (serverId) => ({ operationId: id, serverId, error: null }),
  resource_stats: (serverId) => ({ at: Date.now(), stats: [{ serverId, ...stats }] }),
  installation_progress: (serverId) => ({ serverId, step: 1, totalSteps: 2, label: 'forged' }),
  file_task_progress: (serverId) => ({
    ...{ id, serverId, kind: 'compress', status: 'running', error: null },
    ...{ doneBytes: 1, totalBytes: 2, doneEntries: 1, skippedCount: 0 },
  }),
  file_pull_progress: (serverId) => ({
    ...{ id, serverId, source: 'https://example.org/a', pathBase64: 'eA==', status: 'running' },
    ...{ error: null, doneBytes: 1, totalBytes: 2, startedAt: Date.now() },
  }),
  server_log: (serverId) => ({ serverId, lines: [line] }),
  'console:dropped': (serverId) => ({ serverId, fromSeq: 1, toSeq: 9 }),
};
/** Those that name no server. */
const nameless = ['health_report', 'image_pull_progress'];

describe('what agents can say', () => {
  it('is all in the table below', () => {
    const all = [...Object.keys(panelCalls), ...Object.keys(agentEvents)];
    expect(all.sort()).toEqual([...Object.keys(messages), ...nameless].sort());
  });
});

describe.each(testDatabases)('an agent that does wrong, on %s', (database) => {
  let panel: TestPanel;
  let agent: FakeAgent;
  let other: FakeAgent;

  beforeAll(async () => {
    panel = await testPanel({ database });
    agent = await FakeAgent.linked(panel, 'one');
    other = await FakeAgent.linked(panel, 'two');
  });
  afterAll(() => panel.close());

  const row = (serverId: string) =>
    panel.panel.core.database.getRepository(ServerEntity).findOneByOrFail({ id: serverId });
  const violations = (nodeId: string) =>
    panel.panel.core.database
      .getRepository(AuditEntryEntity)
      .findBy({ action: 'node.violation', targetId: nodeId });
  /** Whatever was sent before this has been dealt with. */
  const settled = (from: FakeAgent) =>
    from.tell('operation:finished', { operationId: id, serverId: id, error: null });

  it.each(Object.keys(messages))('changes nothing by %s about a server of another node', async (name) => {
    const liar = await FakeAgent.linked(panel, 'liar');
    const server = await installedServer(panel.admin, agent);
    const socket = await TestSocket.connected(panel.url, panel.admin.token);
    const heard = (
      [
        'server_log',
        'console:dropped',
        'resource_stats',
        'installation_progress',
        'server_state_update',
        'file_task_progress',
        'file_pull_progress',
      ] as const
    ).map((event) => socket.collect(event));
    await socket.call('console:subscribe', { serverId: server.id });
    const before = await row(server.id);
    const message = messages[name]?.(server.id);
    for (let count = 0; count < 5; count += 1) {
      liar.socket.emit(name, message, () => {});
    }
    await settled(liar);
    await expect.poll(async () => (await violations(liar.nodeId)).length).toBe(1);
    expect(await violations(liar.nodeId)).toMatchObject([
      { actorKind: 'agent', outcome: 'failure', details: { kind: 'foreign-server', serverId: server.id } },
    ]);
    expect(await row(server.id)).toEqual(before);
    expect((await panel.admin.api.servers.get({ params: { id: server.id } })).stats).toBeNull();
    expect(heard.flat()).toEqual([]);
    socket.close();
    liar.disconnect();
  });

  it.each([
    ['__proto__ at the top', '{"__proto__":{"x":1},"servers":[]}'],
    ['__proto__ within', '{"servers":[{"__proto__":{"x":1}}]}'],
    ['constructor', '{"constructor":{"prototype":{"x":1}},"servers":[]}'],
    ['an array for an object', '[]'],
    ['an object for an array', '{"servers":{"$gt":""}}'],
    ['null', 'null'],
    ['deeper nesting than any message has', `${'['.repeat(500)}${']'.repeat(500)}`],
    [
      'many keys',
      JSON.stringify(Object.fromEntries(Array.from({ length: 50_000 }, (_, at) => [`k${at}`, 0]))),
    ],
  ])('hears why its message is wrong: %s', async (_, json) => {
    for (const name of Object.keys(panelCalls)) {
      const answer = await new Promise<{ error?: { code: string } }>((resolve) => {
        other.socket.emit(name, JSON.parse(json), resolve);
      });
      if (name === 'node_snapshot' && json.includes('k1')) continue;
      expect(answer.error?.code).toBe('invalid_input');
    }
    for (const name of Object.keys(agentEvents)) other.socket.emit(name, JSON.parse(json));
    await settled(other);
    expect(({} as { x?: number }).x).toBeUndefined();
    expect((await panel.admin.api.nodes.get({ params: { id: other.nodeId } })).status).toBe('online');
  });

  it('does no harm with nesting that no encoder would make', async () => {
    const deep = await FakeAgent.linked(panel, 'deep');
    const nested = `${'['.repeat(400_000)}${']'.repeat(400_000)}`;
    deep.socket.io.engine.write(`2/agent,7["node_snapshot",${nested}]`);
    deep.socket.io.engine.write(`2/agent,["server_log",{"serverId":${nested}}]`);
    await settled(deep).catch(() => {});
    await settled(other);
    deep.disconnect();
  });

  it.each([
    ['running', 'starting'],
    ['stopped', 'crashed'],
    ['stopped', 'running'],
    ['stopped', 'suspended'],
    ['running', 'installing'],
  ] as const)('does not turn a server that is %s into one that is %s', async (from, to) => {
    const make = from === 'running' ? runningServer : installedServer;
    const { id: serverId } = await make(panel.admin, agent);
    await agent.report(serverId, to, { exitCode: 3 });
    const server = await serverThat(panel.admin, serverId, {
      reason: 'impossible_report',
      reportedState: to,
    });
    expect(server).toMatchObject({ state: from, exitCode: null });
    expect(server.reasonText).toContain(to);
    await expect
      .poll(async () => (await violations(agent.nodeId)).map(({ details }) => details))
      .toContainEqual(expect.objectContaining({ kind: 'impossible_report', serverId, from, to }));
    // What is possible is believed again, and the remark goes.
    if (from === 'running') await agent.report(serverId, 'stopped');
    else await agent.report(serverId, 'starting');
    await serverThat(panel.admin, serverId, { reason: null });
  });

  it('has its times and figures put right', async () => {
    const { id: serverId } = await runningServer(panel.admin, agent);
    await agent.report(serverId, 'crashed', {
      at: 1e308,
      startedAt: -1e308,
      nextRestartAt: 1e300,
      reason: '<script>',
      reasonText: 'two\nlines \u001b]52;c;eA==\u0007',
    });
    const server = await serverThat(panel.admin, serverId, { state: 'crashed' });
    expect(Math.abs(server.stateChangedAt.getTime() - Date.now())).toBeLessThan(60_000);
    expect(server).toMatchObject({ startedAt: null, nextRestartAt: null, reason: null });
    expect(server.reasonText).toBe('two lines ]52;c;eA==');
    await agent.report(serverId, 'starting');
    agent.socket.emit('resource_stats', { at: -5, stats: [{ serverId, ...stats, memoryBytes: -1 }] });
    agent.socket.emit('resource_stats', { at: -5, stats: [{ serverId, ...stats, cpuPercent: 1e308 }] });
    agent.socket.emit('resource_stats', { at: 1e308, stats: [{ serverId, ...stats, cpuPercent: 7 }] });
    const seen = await serverThat(panel.admin, serverId, {
      stats: expect.objectContaining({ cpuPercent: 7 }),
    });
    expect(Math.abs((seen.stats?.at.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  it('has the same event taken in once', async () => {
    const { id: serverId } = await runningServer(panel.admin, agent);
    const report = { serverId, ...state, state: 'crashed' as const, crashCount: 1 };
    const eventId = agent.server(serverId).lastEventId + 1000;
    await agent.tell('server_state_update', { eventId, report });
    await agent.tell('server_state_update', {
      eventId: eventId + 1,
      report: { ...report, state: 'starting' },
    });
    // Told again, because its acknowledgement was lost.
    await agent.tell('server_state_update', { eventId, report });
    await serverThat(panel.admin, serverId, { state: 'starting', crashCount: 1, reason: null });
  });

  it('is cut off for a flood, kept out for a while, and others do not notice', async () => {
    const flooder = await FakeAgent.linked(panel, 'flooder');
    const ended = new Promise((resolve) => flooder.socket.once('disconnect', resolve));
    const noise = Array.from(
      { length: 20_000 },
      (_, at) => `${id.slice(0, -5)}${String(at).padStart(5, '0')}`,
    );
    for (const serverId of noise)
      flooder.socket.emit('installation_progress', { serverId, step: 1, totalSteps: 1, label: '' });
    await ended;
    await expect.poll(async () => (await violations(flooder.nodeId)).length).toBe(1);
    await expect(flooder.handshake()).rejects.toMatchObject({ code: 'rate_limited' });
    expect(other.isConnected).toBe(true);
    await settled(other);
  });

  it('is cut off when it reports faster than anybody could take it in', async () => {
    const hasty = await FakeAgent.linked(panel, 'hasty');
    const server = await installedServer(panel.admin, hasty);
    hasty.disconnect();
    await vi.waitFor(() => expect(panel.panel.core.agents.isOnline(hasty.nodeId)).toBe(false));
    await hasty.connect({ snapshot: false });
    // The panel waits for this answer before it goes on with what comes after the snapshot.
    hasty.answer('server:apply', () => new Promise(() => {}));
    void hasty.sendSnapshot(() => ({ revision: 0 })).catch(() => {});
    const ended = new Promise((resolve) => hasty.socket.once('disconnect', resolve));
    for (let count = 0; count < 1500; count += 1) {
      hasty.socket.emit(
        'operation:finished',
        { operationId: id, serverId: server.id, error: null },
        () => {},
      );
    }
    await ended;
    await expect.poll(async () => (await violations(hasty.nodeId)).length).toBe(1);
  });

  it('is cut off for a frame of more than a megabyte', async () => {
    const big = await FakeAgent.linked(panel, 'big');
    const ended = new Promise((resolve) => big.socket.once('disconnect', resolve));
    big.socket.emit('server_log', { serverId: id, lines: ['x'.repeat(1_200_000)] });
    await ended;
    await vi.waitFor(() => expect(panel.panel.core.agents.isOnline(big.nodeId)).toBe(false));
    await big.connect();
    big.disconnect();
  });
});
