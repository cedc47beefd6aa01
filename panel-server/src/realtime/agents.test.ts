import { randomBytes } from 'node:crypto';
import { linkProtocolVersion } from '@catalyst/shared/features/agent-link';
import { parseDeploymentToken } from '@catalyst/shared/node/deployment-token';
import { randomToken } from '@catalyst/shared/node/random-token';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AuditEntryEntity } from '../features/audit/audit-entry.entity.ts';
import { DeploymentTokenEntity } from '../features/nodes/deployment-token.entity.ts';
import { FakeAgent } from '../testing/fake-agent.ts';
import { TcpProxy } from '../testing/tcp-proxy.ts';
import { type TestPanel, testDatabases, testPanel } from '../testing/test-panel.ts';
import { runningServer, serverThat } from '../testing/test-servers.ts';

const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'ok',
    (error) => error.code,
  );

describe.each(testDatabases)('the link to agents on %s', (database) => {
  let panel: TestPanel;

  beforeAll(async () => {
    panel = await testPanel({ database });
  });
  afterAll(() => panel.close());

  const newNode = async () =>
    (await panel.admin.api.nodes.create({ body: { name: 'node', publicAddress: 'a.test' } })).id;
  const newLink = async (id: string) =>
    parseDeploymentToken((await panel.admin.api.nodes.deploymentToken({ params: { id } })).token);
  const node = (id: string) => panel.admin.api.nodes.get({ params: { id } });
  const statusOf = async (id: string) => (await node(id)).status;
  const audited = (action: string, targetId: string) =>
    panel.panel.core.database.getRepository(AuditEntryEntity).findBy({ action, targetId });
  const tokens = () => panel.panel.core.database.getRepository(DeploymentTokenEntity);

  describe('a deployment token', () => {
    it('says all an agent needs, once, and its secret is kept nowhere', async () => {
      const id = await newNode();
      const { token, expiresAt } = await panel.admin.api.nodes.deploymentToken({ params: { id } });
      expect(token).toMatch(/^ctl_[A-Za-z0-9_-]+$/);
      const said = parseDeploymentToken(token);
      const { identity, tlsFingerprint } = panel.panel.core;
      expect(said).toEqual({
        panelUrl: panel.url,
        nodeId: id,
        panelKey: identity.publicKey,
        tlsPin: Buffer.from(tlsFingerprint, 'hex').toString('base64url'),
        secret: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      });
      expect(expiresAt.getTime() - Date.now()).toBeLessThanOrEqual(15 * 60_000);
      const audit = await audited('node.deployment-token', id);
      expect(audit).toHaveLength(1);
      expect(JSON.stringify([await tokens().find(), audit]) + panel.logText()).not.toContain(said.secret);
    });

    it('links one agent, whose key is pinned and shown in short', async () => {
      const id = await newNode();
      expect(await statusOf(id)).toBe('unlinked');
      const agent = new FakeAgent(await newLink(id));
      await agent.connect();
      expect(await node(id)).toMatchObject({
        status: 'online',
        agentVersion: '0.0.1',
        fingerprint: expect.stringMatching(/^[0-9a-f]{4}( [0-9a-f]{4}){3}$/),
      });
      agent.disconnect();
      await expect.poll(() => statusOf(id)).toBe('offline');
      // From now on the key is enough.
      agent.link.secret = undefined;
      await agent.connect();
      expect(await statusOf(id)).toBe('online');
      expect(await audited('node.enrol', id)).toMatchObject([{ outcome: 'success', actorKind: 'agent' }]);
      agent.disconnect();
    });

    it('works once, also when twenty agents try at the same time', async () => {
      const id = await newNode();
      const link = await newLink(id);
      const agents = Array.from({ length: 20 }, () => new FakeAgent(link));
      const results = await Promise.all(agents.map((agent) => code(agent.handshake())));
      expect(results.filter((result) => result === 'ok')).toHaveLength(1);
      expect(results.every((result) => ['ok', 'unauthenticated', 'rate_limited'].includes(result))).toBe(
        true,
      );
      const outcomes = (await audited('node.enrol', id)).map(({ outcome }) => outcome);
      expect(outcomes.filter((outcome) => outcome === 'success')).toHaveLength(1);
      // So many failures from one address are enough for now, but whoever is linked still gets in.
      expect(await code(new FakeAgent(await newLink(id)).handshake())).toBe('rate_limited');
      const linked = agents[results.indexOf('ok')] as FakeAgent;
      linked.disconnect();
      await linked.connect();
      for (const agent of agents) agent.disconnect();
    });
  });
});

describe('the link to agents', () => {
  let panel: TestPanel;

  beforeAll(async () => {
    panel = await testPanel();
  });
  afterAll(() => panel.close());

  const newNode = async () =>
    (await panel.admin.api.nodes.create({ body: { name: 'node', publicAddress: 'a.test' } })).id;
  const newLink = async (id: string) =>
    parseDeploymentToken((await panel.admin.api.nodes.deploymentToken({ params: { id } })).token);
  const node = (id: string) => panel.admin.api.nodes.get({ params: { id } });
  const audited = (action: string, targetId: string) =>
    panel.panel.core.database.getRepository(AuditEntryEntity).findBy({ action, targetId });

  describe('refuses', () => {
    it('a token that is used, expired, ended by a newer one, or of another node', async () => {
      const id = await newNode();
      const used = await newLink(id);
      await new FakeAgent(used).connect();
      expect(await code(new FakeAgent(used).handshake())).toBe('unauthenticated');

      const old = await newLink(id);
      const foreign = { ...old, nodeId: await newNode() };
      expect(await code(new FakeAgent(foreign).handshake())).toBe('unauthenticated');
      await newLink(id);
      expect(await code(new FakeAgent(old).handshake())).toBe('unauthenticated');

      const expired = await newLink(id);
      await panel.panel.core.database
        .getRepository(DeploymentTokenEntity)
        .update({ nodeId: id }, { expiresAt: new Date(Date.now() - 1) });
      const agent = new FakeAgent(expired);
      expect(await code(agent.handshake())).toBe('unauthenticated');
      expect(agent.refusal?.message).toContain('used, expired or for another node');
    });

    it('an agent without a token, of a node that does not exist, or without the key it names', async () => {
      const agent = await FakeAgent.linked(panel);
      const { panelUrl, panelKey, nodeId } = agent.link;
      expect(await code(new FakeAgent({ panelUrl, panelKey, nodeId }).handshake())).toBe('unauthenticated');
      const nowhere = nodeId.replace(/.{12}$/, '0123456789ab');
      expect(await code(new FakeAgent({ panelUrl, panelKey, nodeId: nowhere }).handshake())).toBe(
        'unauthenticated',
      );
      const liar = new FakeAgent({ panelUrl, panelKey, nodeId });
      expect(await code(liar.handshake({ publicKey: agent.publicKey }))).toBe('unauthenticated');
      // None of this disturbed the one that is linked.
      expect((await node(nodeId)).status).toBe('online');
      agent.disconnect();
    });

    it.each([
      // As recorded from the true agent.
      [
        'that was made for another connection',
        { signature: randomBytes(64).toString('base64url') },
        'unauthenticated',
      ],
      ['of no known shape', { signature: 1 }, 'invalid_input'],
    ])('a proof %s', async (_what, value, expected) => {
      const agent = await FakeAgent.linked(panel);
      const stranger = io(`${panel.url}/agent`, {
        auth: {
          protocol: linkProtocolVersion,
          agentVersion: '1',
          nodeId: agent.nodeId,
          publicKey: agent.publicKey,
          processId: randomToken(),
          nonce: randomToken(),
        },
        transports: ['websocket'],
        reconnection: false,
      });
      stranger.on('node_handshake', (_input, answer) => answer({ value }));
      const refusal = await new Promise((resolve) => stranger.once('node:refused', resolve));
      expect(refusal).toMatchObject({ code: expected });
      agent.disconnect();
    });

    it.each([
      [linkProtocolVersion + 1, 'update the panel'],
      [linkProtocolVersion + 1000, 'update the panel'],
    ])('an agent that speaks version %s, and says what to do', async (protocol, advice) => {
      const agent = await FakeAgent.linked(panel);
      agent.disconnect();
      await expect.poll(async () => (await node(agent.nodeId)).status).toBe('offline');
      agent.protocol = protocol;
      expect(await code(agent.handshake())).toBe('version_unsupported');
      expect(await node(agent.nodeId)).toMatchObject({
        status: 'refused',
        statusText: expect.stringContaining(advice),
      });
      agent.protocol = linkProtocolVersion;
      await agent.connect();
      expect(await node(agent.nodeId)).toMatchObject({ status: 'online', statusText: null });
      agent.disconnect();
    });

    it.each([
      [{ nodeId: { $gt: '' } }, 'invalid_input'],
      [{ publicKey: ['a'] }, 'invalid_input'],
      [{ nonce: 'short' }, 'invalid_input'],
      [{ extra: 1 }, 'invalid_input'],
      [{ protocol: '1' }, 'invalid_input'],
    ])('a hello with %j', async (change, expected) => {
      const agent = new FakeAgent(await newLink(await newNode()));
      expect(await code(agent.handshake(change as never))).toBe(expected);
    });

    it('to wait for ever for a handshake that does not come, or to hear anything before it', async () => {
      const agent = await FakeAgent.linked(panel);
      const server = await runningServer(panel.admin, agent);
      agent.disconnect();
      const silent = io(`${panel.url}/agent`, {
        auth: {
          protocol: linkProtocolVersion,
          agentVersion: '1',
          nodeId: agent.nodeId,
          publicKey: agent.publicKey,
          processId: randomToken(),
          nonce: randomToken(),
        },
        transports: ['websocket'],
        reconnection: false,
      });
      await new Promise((resolve) => silent.once('connect', () => resolve(undefined)));
      silent.emit('operation:finished', {}, () => {});
      silent.emit('node_snapshot', { servers: [] }, () => {
        throw new Error('was answered');
      });
      const reason = await new Promise((resolve) => silent.once('disconnect', resolve));
      expect(reason).toBe('io server disconnect');
      await serverThat(panel.admin, server.id, { state: 'running', reason: null });
    });
  });

  describe('two agents with one key', () => {
    it('keeps the first while it answers, and flags the node', async () => {
      const agent = await FakeAgent.linked(panel);
      const twin = agent.clone();
      expect(await code(twin.handshake())).toBe('conflict');
      expect(agent.isConnected).toBe(true);
      expect(await node(agent.nodeId)).toMatchObject({
        status: 'online',
        statusText: expect.stringContaining('second machine'),
      });
      expect(await audited('node.duplicate', agent.nodeId)).toHaveLength(1);
      agent.disconnect();
    });

    it('takes the second when the first no longer answers', async () => {
      const agent = await FakeAgent.linked(panel);
      agent.answer('node:ping', () => new Promise(() => {}));
      const twin = agent.clone();
      await twin.connect();
      await expect.poll(() => agent.isConnected).toBe(false);
      expect((await node(agent.nodeId)).status).toBe('online');
      twin.disconnect();
    });

    it('takes the same process back at once, though the old connection is not known to be dead', async () => {
      await using proxy = await TcpProxy.open(panel.port);
      const agent = await FakeAgent.linked(panel);
      const twin = agent.clone();
      agent.disconnect();
      await expect.poll(async () => (await node(agent.nodeId)).status).toBe('offline');
      twin.link = { ...twin.link, panelUrl: proxy.url };
      await twin.connect();
      proxy.silence();
      const back = agent.clone();
      back.processId = twin.processId;
      back.link = { ...back.link, panelUrl: panel.url };
      const before = performance.now();
      await back.connect();
      expect(performance.now() - before).toBeLessThan(1000);
      back.disconnect();
      twin.disconnect();
    });
  });

  it('cuts off the agent of a node that is removed, or linked anew', async () => {
    const agent = await FakeAgent.linked(panel);
    const next = new FakeAgent(await newLink(agent.nodeId));
    await next.connect();
    await expect.poll(() => agent.isConnected).toBe(false);
    agent.link.secret = undefined;
    expect(await code(agent.handshake())).toBe('unauthenticated');
    await panel.admin.api.nodes.delete({ params: { id: next.nodeId } });
    await expect.poll(() => next.isConnected).toBe(false);
    expect(next.refusal?.message).toContain('removed');
    expect(await code(next.handshake())).toBe('unauthenticated');
  });

  it('has a heartbeat that notices within 45 s that nobody is there', () => {
    const { pingInterval = 0, pingTimeout = 0 } = panel.panel.core.io.engine.opts;
    expect(pingInterval).toBeGreaterThan(0);
    expect(pingInterval).toBeLessThanOrEqual(15_000);
    expect(pingInterval + pingTimeout).toBeLessThanOrEqual(45_000);
  });

  it('notices on both ends that nothing passes any more, though nobody has hung up', async () => {
    const hasty = await testPanel();
    Object.assign(hasty.panel.core.io.engine.opts, { pingInterval: 100, pingTimeout: 200 });
    await using proxy = await TcpProxy.open(hasty.port);
    const agent = await FakeAgent.linked(hasty);
    agent.link.panelUrl = proxy.url;
    await agent.connect();
    const server = await runningServer(hasty.admin, agent);
    proxy.silence();
    await serverThat(hasty.admin, server.id, {
      node: expect.objectContaining({ online: false }),
      state: 'running',
    });
    expect(await code(hasty.admin.api.servers.stop({ params: { id: server.id } }))).toBe('node_offline');
    await expect.poll(() => agent.isConnected, { timeout: 5000 }).toBe(false);
    proxy.mend();
    await agent.connect();
    await serverThat(hasty.admin, server.id, { node: expect.objectContaining({ online: true }) });
    await hasty.close();
  });
});
