import { AppError } from '@catalyst/shared/contract/errors';
import { v7 as uuid } from 'uuid';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ask } from '../../testing/ask.ts';
import { FakeAgent } from '../../testing/fake-agent.ts';
import { type TestPanel, testDatabases, testPanel } from '../../testing/test-panel.ts';
import { installedServer, newServer, runningServer, serverThat } from '../../testing/test-servers.ts';
import { TestSocket } from '../../testing/test-socket.ts';
import { testTemplates } from '../../testing/test-template.ts';
import { AuditEntryEntity } from '../audit/audit-entry.entity.ts';
import { RoleEntity } from '../users/role.entity.ts';
import { UserEntity } from '../users/user.entity.ts';
import { ServerEntity } from './server.entity.ts';

const missing = 'a0000000-0000-7000-8000-000000000000'.replace(/^a/, '0');
const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'ok',
    (error) => error.code,
  );

describe.each(testDatabases)('servers on %s', (database) => {
  let panel: TestPanel;
  let agent: FakeAgent;
  const custom = (more: object = {}) => newServer(agent, { templateId: 'test-game', ...more });

  beforeAll(async () => {
    panel = await testPanel({ database, options: { templates: testTemplates() } });
    agent = await FakeAgent.linked(panel);
  });
  afterAll(() => panel.close());

  describe('the life of one', () => {
    it('goes from creation through installation, start and stop to deletion', async () => {
      const { admin } = panel;
      const created = await admin.api.servers.create({ body: newServer(agent, { name: 'First' }) });
      expect(created).toMatchObject({
        name: 'First',
        state: 'installing',
        desiredState: 'stopped',
        node: { id: agent.nodeId, online: true },
        owner: { id: admin.userId, name: 'admin' },
        template: { id: 'minecraft-js', icon: 'minecraft' },
        operation: { kind: 'install', status: 'pending' },
        address: `192.0.2.10:${created.primaryPort}`,
        howToJoin: expect.stringMatching(`^In Minecraft.* enter 192\\.0\\.2\\.10:${created.primaryPort}$`),
      });
      const params = { id: created.id };
      await serverThat(admin, created.id, {
        state: 'stopped',
        operation: expect.objectContaining({ status: 'succeeded' }),
      });
      const { operationId, state } = await admin.api.servers.start({ params });
      expect(state).toBe('starting');
      await serverThat(admin, created.id, {
        state: 'running',
        desiredState: 'running',
        reportedState: 'running',
        startedAt: expect.any(Date),
        operation: expect.objectContaining({ id: operationId, kind: 'start', status: 'succeeded' }),
      });
      await admin.api.servers.restart({ params });
      await serverThat(admin, created.id, {
        state: 'running',
        operation: expect.objectContaining({ kind: 'restart', status: 'succeeded' }),
      });
      await admin.api.servers.stop({ params });
      await serverThat(admin, created.id, { state: 'stopped', desiredState: 'stopped', startedAt: null });
      await admin.api.servers.delete({ params });
      await expect.poll(() => code(admin.api.servers.get({ params }))).toBe('not_found');
      expect(agent.servers.has(created.id)).toBe(false);
      const audited = await panel.panel.core.database
        .getRepository(AuditEntryEntity)
        .find({ where: { targetId: created.id }, order: { seq: 'ASC' } });
      expect(audited.map(({ action }) => action)).toEqual([
        'server.create',
        'server.start',
        'server.restart',
        'server.stop',
        'server.delete',
      ]);
      // What was deleted can still be named.
      for (const entry of audited) expect(entry).toMatchObject({ targetName: 'First', actorName: 'admin' });
    });

    it('starts by itself after the installation when asked to, once', async () => {
      const { id } = await panel.admin.api.servers.create({ body: custom({ startAfterInstall: true }) });
      await serverThat(panel.admin, id, { state: 'running', desiredState: 'running' });
      await panel.admin.api.servers.stop({ params: { id } });
      await serverThat(panel.admin, id, { state: 'stopped' });
      await panel.admin.api.servers.reinstall({ params: { id } });
      await serverThat(panel.admin, id, {
        state: 'stopped',
        operation: expect.objectContaining({ kind: 'install', status: 'succeeded' }),
      });
      expect(agent.controls.filter((one) => one.serverId === id && one.action === 'start')).toHaveLength(1);
    });

    it('can be started as soon as it shows that it is installed', async () => {
      agent.isObedient = false;
      const { id } = await panel.admin.api.servers.create({ body: custom() });
      await vi.waitFor(() => expect(agent.controls.some((one) => one.serverId === id)).toBe(true));
      const install = agent.controls.find((one) => one.serverId === id) as { operationId: string };
      await agent.report(id, 'stopped');
      agent.isObedient = true;
      // The agent has not yet said that the operation has ended.
      await panel.admin.api.servers.start({ params: { id } });
      await agent.finish(id, install.operationId);
      await serverThat(panel.admin, id, { state: 'running' });
    });

    it('shows why an installation failed, refuses to start it, and can be installed again', async () => {
      agent.isObedient = false;
      const { id } = await panel.admin.api.servers.create({ body: custom({ startAfterInstall: true }) });
      await vi.waitFor(() => expect(agent.controls.some((one) => one.serverId === id)).toBe(true));
      const { operationId } = agent.controls.find((one) => one.serverId === id) as { operationId: string };
      await agent.report(id, 'error', { reason: 'install_failed', reasonText: 'npm ended with code 1' });
      await agent.finish(id, operationId, 'npm ended with code 1');
      agent.isObedient = true;
      await serverThat(panel.admin, id, {
        state: 'error',
        reason: 'install_failed',
        reasonText: 'npm ended with code 1',
        operation: expect.objectContaining({ status: 'failed', error: 'npm ended with code 1' }),
      });
      expect(await code(panel.admin.api.servers.start({ params: { id } }))).toBe('invalid_state');
      await panel.admin.api.servers.reinstall({ params: { id } });
      // It still wants to start once it is installed.
      await serverThat(panel.admin, id, { state: 'running', reason: null });
    });

    it('that is told to stop while it is installed does not start afterwards', async () => {
      agent.isObedient = false;
      const { id } = await panel.admin.api.servers.create({ body: custom({ startAfterInstall: true }) });
      await panel.admin.api.servers.kill({ params: { id } });
      await agent.report(id, 'error', { reason: 'install_cancelled' });
      agent.isObedient = true;
      await panel.admin.api.servers.reinstall({ params: { id } });
      await serverThat(panel.admin, id, {
        state: 'stopped',
        desiredState: 'stopped',
        operation: expect.objectContaining({ kind: 'install', status: 'succeeded' }),
      });
      expect(agent.controls.filter((one) => one.serverId === id && one.action === 'start')).toEqual([]);
    });

    it('whose template is gone says so instead of waiting', async () => {
      const { id } = await installedServer(panel.admin, agent, custom());
      await panel.panel.core.database.getRepository(ServerEntity).update({ id }, { templateId: 'gone' });
      expect(await code(panel.admin.api.servers.start({ params: { id } }))).toBe('conflict');
      await serverThat(panel.admin, id, {
        state: 'stopped',
        template: { id: 'gone', name: 'gone', icon: 'unknown' },
        howToJoin: null,
      });
    });

    it('counts crashes as the agent reports them, and resets them', async () => {
      const { id } = await runningServer(panel.admin, agent);
      agent.server(id).crashCount = 3;
      await agent.report(id, 'crashed', {
        exitCode: 137,
        outOfMemory: true,
        reason: 'out_of_memory',
        reasonText: 'It used more than 512 MB',
        nextRestartAt: Date.now() + 4000,
      });
      await serverThat(panel.admin, id, {
        state: 'crashed',
        desiredState: 'running',
        exitCode: 137,
        crashCount: 3,
        reason: 'out_of_memory',
        lastCrashAt: expect.any(Date),
        nextRestartAt: expect.any(Date),
      });
      await agent.report(id, 'starting');
      await agent.report(id, 'running');
      await serverThat(panel.admin, id, { state: 'running', exitCode: null, nextRestartAt: null });
      await panel.admin.api.servers.resetCrashCount({ params: { id } });
      await serverThat(panel.admin, id, { crashCount: 0 });
      expect(agent.server(id).crashCount).toBe(0);
    });

    it('that the game ends by itself is wanted to be stopped from then on', async () => {
      const { id } = await runningServer(panel.admin, agent);
      await agent.report(id, 'stopped', { exitCode: 0 });
      await serverThat(panel.admin, id, { state: 'stopped', desiredState: 'stopped', exitCode: 0 });
    });

    it.each(['stopped', 'crashed', 'error'] as const)(
      'uses nothing once it is %s, though a sample comes in late',
      async (state) => {
        const { id } = await runningServer(panel.admin, agent);
        const sample = { serverId: id, cpuPercent: 7, memoryBytes: 1e8, diskBytes: null, pids: 3 };
        const measure = () => agent.socket.emit('resource_stats', { at: Date.now(), stats: [sample] });
        measure();
        await serverThat(panel.admin, id, { stats: expect.objectContaining({ cpuPercent: 7 }) });
        await agent.report(id, state);
        measure();
        // What comes after the sample on the same connection has been taken in.
        await agent.report(id, state, { crashCount: 5 });
        await serverThat(panel.admin, id, { state, crashCount: 5, stats: null });
      },
    );
  });

  describe('creation', () => {
    it('fills in the template for the agent, each value one element', async () => {
      const environment = { TITLE: '$(id); "rm" `x` {{SERVER_PORT}}', PASSWORD: 'hunter22' };
      const server = await installedServer(panel.admin, agent, custom({ environment }));
      const { spec } = agent.server(server.id);
      expect(spec).toMatchObject({
        revision: 1,
        runtime: 'process',
        argv: ['game', '--title', environment.TITLE, '--port', String(server.primaryPort)],
        secretNames: ['PASSWORD'],
        limits: { memoryMb: 512, cpuCores: 1, diskMb: 1024 },
        install: { steps: [{ kind: 'run', argv: ['get', 'hunter22'] }] },
      });
      expect(spec?.environment).toMatchObject({
        TITLE: environment.TITLE,
        PASSWORD: 'hunter22',
        LICENCE: 'free',
        SERVER_PORT: String(server.primaryPort),
        SERVER_MEMORY_MB: '512',
      });
      expect(server.portBindings).toMatchObject([
        { name: 'game', ip: '0.0.0.0', port: server.primaryPort, protocol: 'both' },
        { name: 'query', ip: '0.0.0.0', port: expect.any(Number), protocol: 'udp' },
      ]);
      expect(server.environment).toEqual({
        TITLE: environment.TITLE,
        SLOTS: '10',
        PASSWORD: '',
        LICENCE: 'free',
      });
    });

    it('keeps secrets out of answers, logs and, in the clear, out of the database', async () => {
      const { id } = await panel.admin.api.servers.create({
        body: custom({ environment: { PASSWORD: 'swordfish-4711' } }),
      });
      const list = JSON.stringify(await panel.admin.api.servers.list());
      const row = await panel.panel.core.database.getRepository(ServerEntity).findOneByOrFail({ id });
      expect(row.sealedEnvironment).toBeTruthy();
      expect(list + JSON.stringify(row) + panel.logText()).not.toContain('swordfish-4711');
    });

    it.each([
      [{ environment: { TITLE: 'two\nlines' } }, 'environment.TITLE'],
      [{ environment: { TITLE: '' } }, 'environment.TITLE'],
      [{ environment: { SLOTS: '$(id)' } }, 'environment.SLOTS'],
      [{ environment: { NOPE: 'x' } }, 'environment.NOPE'],
      [{ templateId: 'nope' }, 'templateId'],
      [{ nodeId: missing }, 'nodeId'],
      [{ allocatedMemoryMb: 63 }, 'allocatedMemoryMb'],
      [{ networkMode: 'bridge' as const }, 'networkMode'],
      [{ name: 'x'.repeat(300) }, 'name'],
      [{ name: ' ' }, 'name'],
      [{ ownerId: missing }, 'ownerId'],
      [{ suspendedAt: null }, 'suspendedAt'],
    ])('refuses %j and names the field', async (more, path) => {
      const before = await panel.panel.core.database.getRepository(ServerEntity).count();
      await expect(panel.admin.api.servers.create({ body: custom(more) })).rejects.toMatchObject({
        code: 'invalid_input',
        issues: [expect.objectContaining({ path })],
      });
      expect(await panel.panel.core.database.getRepository(ServerEntity).count()).toBe(before);
    });

    it('names the packages that the node lacks', async () => {
      agent.missingPackages = ['npm'];
      await expect(panel.admin.api.servers.create({ body: newServer(agent) })).rejects.toMatchObject({
        code: 'host_package_missing',
        message: expect.stringContaining('npm'),
      });
      const params = { id: agent.nodeId };
      await panel.admin.api.nodes.installHostPackages({ params, body: { templateId: 'minecraft-js' } });
      await installedServer(panel.admin, agent);
    });

    it('is refused at once on a node that is offline', async () => {
      const { id } = await panel.admin.api.nodes.create({ body: { name: 'away', publicAddress: 'x.test' } });
      expect(await code(panel.admin.api.servers.create({ body: newServer({ nodeId: id }) }))).toBe(
        'node_offline',
      );
    });

    it('chooses the online node with the most memory left when none is named', async () => {
      const small = await FakeAgent.linked(panel, 'small', { maxMemoryMb: 600 });
      const large = await FakeAgent.linked(panel, 'large', { maxMemoryMb: 1_000_000 });
      const create = () => panel.admin.api.servers.create({ body: custom({ nodeId: undefined }) });
      agent.announceHealth({ memoryTotalMb: 1000 });
      await vi.waitFor(async () =>
        expect((await panel.admin.api.nodes.get({ params: { id: agent.nodeId } })).health).not.toBeNull(),
      );
      expect((await create()).node.name).toBe('large');
      large.disconnect();
      await vi.waitFor(() => expect(panel.panel.core.agents.isOnline(large.nodeId)).toBe(false));
      expect((await create()).node.name).toBe('small');
      // Neither has 512 MB left any more.
      expect(await code(create())).toBe('limit_reached');
      small.disconnect();
    });

    it('never gives a node more than its capacity, whoever is faster', async () => {
      const tight = await FakeAgent.linked(panel, 'tight', { maxMemoryMb: 512 * 3 });
      const body = () => newServer(tight, { templateId: 'test-game' });
      const results = await Promise.all(
        Array.from({ length: 10 }, () => code(panel.admin.api.servers.create({ body: body() }))),
      );
      expect(results.filter((result) => result === 'ok')).toHaveLength(3);
      expect(results.filter((result) => result === 'limit_reached')).toHaveLength(7);
      tight.disconnect();
    });
  });

  describe('ports', () => {
    it('are the preferred ones, else the next free', async () => {
      const node = await FakeAgent.linked(panel, 'ports');
      node.busyPorts.set('3980/udp', 'dnsmasq');
      const create = () =>
        panel.admin.api.servers.create({ body: newServer(node, { templateId: 'openttd', name: 'Trains' }) });
      expect((await create()).primaryPort).toBe(3979);
      // 3980 is free for TCP, but the machine holds it for UDP.
      expect((await create()).primaryPort).toBe(3981);
    });

    it('that are asked for and taken are refused, naming who has them', async () => {
      const node = await FakeAgent.linked(panel, 'taken');
      node.busyPorts.set('5000/tcp', 'nginx');
      const create = (primaryPort: number) =>
        panel.admin.api.servers.create({ body: newServer(node, { name: 'Alpha', primaryPort }) });
      await expect(create(5000)).rejects.toMatchObject({
        code: 'port_taken',
        message: 'Port 5000/tcp is held by nginx',
      });
      expect((await create(5001)).primaryPort).toBe(5001);
      await expect(create(5001)).rejects.toMatchObject({
        code: 'port_taken',
        message: 'Port 5001/tcp is held by the server "Alpha"',
      });
      const other = await FakeAgent.linked(panel, 'elsewhere');
      await panel.admin.api.servers.create({ body: newServer(other, { primaryPort: 5001 }) });
    });

    it('are free again when their server has been removed', async () => {
      const { id } = await installedServer(panel.admin, agent, { primaryPort: 6001 });
      await panel.admin.api.servers.delete({ params: { id } });
      await expect
        .poll(() => code(panel.admin.api.servers.create({ body: newServer(agent, { primaryPort: 6001 }) })))
        .toBe('ok');
    });
  });

  describe('power actions', () => {
    it.each(['start', 'stop', 'restart', 'kill'] as const)('two at once (%s): one wins', async (action) => {
      agent.isObedient = true;
      const { id } = await (action === 'start' ? installedServer : runningServer)(panel.admin, agent);
      agent.isObedient = false;
      const call = () => code(panel.admin.api.servers[action]({ params: { id } }));
      const results = await Promise.all(Array.from({ length: 8 }, call));
      agent.isObedient = true;
      expect(results.sort()).toEqual([...Array(7).fill('invalid_state'), 'ok']);
      expect(agent.controls.filter((one) => one.serverId === id && one.action === action)).toHaveLength(1);
    });

    it.each([
      ['stopped', 'stop'],
      ['stopped', 'kill'],
      ['stopped', 'restart'],
      ['running', 'start'],
      ['running', 'reinstall'],
      ['running', 'delete'],
    ] as const)('a server that is %s refuses to %s, with what is possible', async (state, action) => {
      const server = await (state === 'stopped' ? installedServer : runningServer)(panel.admin, agent);
      await expect(panel.admin.api.servers[action]({ params: { id: server.id } })).rejects.toMatchObject({
        code: 'invalid_state',
        message: expect.stringContaining(state),
      });
      expect((await panel.admin.api.servers.get({ params: { id: server.id } })).state).toBe(state);
    });

    it('a later order replaces the one under way', async () => {
      const { id } = await installedServer(panel.admin, agent);
      agent.isObedient = false;
      const start = await panel.admin.api.servers.start({ params: { id } });
      await agent.report(id, 'starting');
      const stop = await panel.admin.api.servers.stop({ params: { id } });
      // The agent told this before the order reached it.
      await agent.report(id, 'running');
      await serverThat(panel.admin, id, { state: 'stopping', reason: null, reportedState: 'running' });
      await agent.report(id, 'stopping');
      await agent.report(id, 'stopped');
      await agent.finish(id, stop.operationId);
      await agent.finish(id, start.operationId);
      agent.isObedient = true;
      await serverThat(panel.admin, id, {
        state: 'stopped',
        operation: expect.objectContaining({ id: stop.operationId, status: 'succeeded' }),
      });
    });

    it('an order the agent refuses is an answer, and the state goes back to what it was', async () => {
      const { id } = await installedServer(panel.admin, agent);
      agent.answer('server_control', () => {
        throw new AppError('disk_full', 'The disk of this node is full');
      });
      await expect(panel.admin.api.servers.start({ params: { id } })).rejects.toMatchObject({
        code: 'disk_full',
        message: 'The disk of this node is full',
      });
      agent.answer('server_control', undefined);
      await serverThat(panel.admin, id, {
        state: 'stopped',
        desiredState: 'stopped',
        operation: expect.objectContaining({ status: 'failed', error: 'The disk of this node is full' }),
      });
    });

    it("never passes on an agent's error that would be about the panel's own session", async () => {
      const { id } = await installedServer(panel.admin, agent);
      agent.answer('server_control', () => {
        throw new AppError('unauthenticated', 'Sign in <script>');
      });
      expect(await code(panel.admin.api.servers.start({ params: { id } }))).toBe('internal');
      agent.answer('server_control', undefined);
    });

    it('are refused at once while the node is offline', async () => {
      const node = await FakeAgent.linked(panel, 'leaves');
      const { id } = await runningServer(panel.admin, node);
      node.disconnect();
      await serverThat(panel.admin, id, { node: expect.objectContaining({ online: false }) });
      const before = performance.now();
      for (const action of ['stop', 'restart', 'kill'] as const) {
        expect(await code(panel.admin.api.servers[action]({ params: { id } }))).toBe('node_offline');
      }
      expect(performance.now() - before).toBeLessThan(1000);
      await serverThat(panel.admin, id, { state: 'running' });
    });

    it('of a suspended server are refused as such', async () => {
      const { id } = await installedServer(panel.admin, agent);
      const rows = panel.panel.core.database.getRepository(ServerEntity);
      await rows.update({ id }, { state: 'suspended', suspendedAt: new Date() });
      for (const action of ['start', 'stop', 'restart', 'kill', 'reinstall'] as const) {
        expect(await code(panel.admin.api.servers[action]({ params: { id } }))).toBe('suspended');
      }
      expect(await code(panel.admin.api.console.command({ params: { id }, body: { command: 'x' } }))).toBe(
        'suspended',
      );
      const socket = await TestSocket.connected(panel.url, panel.admin.token);
      for (const action of ['start', 'stop', 'restart', 'kill'] as const) {
        expect(await code(socket.call('server_control', { serverId: id, action }))).toBe('suspended');
      }
      expect(await code(socket.call('console_input', { serverId: id, data: 'x' }))).toBe('suspended');
      const size = { columns: 80, rows: 24 };
      expect(await code(socket.call('console:resize', { serverId: id, ...size }))).toBe('suspended');
      socket.close();
      await agent.report(id, 'running');
      await agent.report(id, 'stopped');
      expect((await rows.findOneByOrFail({ id })).state).toBe('suspended');
    });
  });

  describe('changes', () => {
    it('reach the agent as a new revision, and only when they concern it', async () => {
      const { id } = await installedServer(panel.admin, agent, custom());
      const params = { id };
      await panel.admin.api.servers.update({ params, body: { name: 'Renamed' } });
      expect(agent.server(id).spec?.revision).toBe(1);
      const updated = await panel.admin.api.servers.update({
        params,
        body: { allocatedMemoryMb: 1024, environment: { SLOTS: '42' }, restartPolicy: { mode: 'never' } },
      });
      expect(updated).toMatchObject({
        name: 'Renamed',
        allocatedMemoryMb: 1024,
        environment: { SLOTS: '42', TITLE: 'A server' },
        restartPolicy: { mode: 'never' },
      });
      expect(agent.server(id).spec).toMatchObject({
        revision: 2,
        limits: { memoryMb: 1024 },
        environment: { SLOTS: '42' },
      });
    });

    it('keep a secret that comes back empty', async () => {
      const { id } = await installedServer(
        panel.admin,
        agent,
        custom({ environment: { PASSWORD: 'first' } }),
      );
      await panel.admin.api.servers.update({
        params: { id },
        body: { environment: { PASSWORD: '', SLOTS: '3' } },
      });
      expect(agent.server(id).spec?.environment).toMatchObject({ PASSWORD: 'first', SLOTS: '3' });
    });

    it.each(['nul\0', 'half \ud800', 'bell\u0007'])('take no text that cannot be kept: %j', async (text) => {
      const { servers } = panel.admin.api;
      const { id } = await installedServer(panel.admin, agent);
      const body = { description: text };
      expect(await code(servers.update({ params: { id }, body }))).toBe('invalid_input');
      expect(await code(servers.create({ body: custom(body) }))).toBe('invalid_input');
      const changed = await servers.update({ params: { id }, body: { description: ' Two\n\tlines 🎮 ' } });
      expect(changed.description).toBe('Two\n\tlines 🎮');
    });

    it.each(['%00', '%07', '%ED%A0%80'])('nobody can search for what cannot be kept: %s', async (text) => {
      const { token } = panel.admin;
      // What is no UTF-8 has been replaced before it arrives.
      const { status } = await ask(panel, `/api/servers?q=a${text}`, { token });
      expect(status).toBe(text.startsWith('%E') ? 200 : 422);
      expect((await ask(panel, `/api/servers?cursor=${text}`, { token })).status).toBe(422);
    });

    it('give it a name that can be seen and does not turn what follows backwards', async () => {
      const { servers } = panel.admin.api;
      const { id } = await installedServer(panel.admin, agent);
      const rename = (name: string) => servers.update({ params: { id }, body: { name } });
      for (const name of [
        '\u202e\u200b',
        '\u200b',
        '\u2800',
        '\u3164',
        '\ufe0f',
        'gpj\u202e.exe',
        'a\u2066b',
        ' ',
      ])
        expect(await code(rename(name)), JSON.stringify(name)).toBe('invalid_input');
      for (const name of ['👩‍🚀 base', '.', 'می‌خواهم', '서버', 'x'])
        expect((await rename(name)).name).toBe(name);
    });

    it('respect the limits of node and template', async () => {
      const tight = await FakeAgent.linked(panel, 'tight', { maxMemoryMb: 1000 });
      const { id } = await installedServer(panel.admin, tight, { templateId: 'test-game' });
      const change = (allocatedMemoryMb: number) =>
        code(panel.admin.api.servers.update({ params: { id }, body: { allocatedMemoryMb } }));
      expect(await change(1001)).toBe('limit_reached');
      expect(await change(63)).toBe('invalid_input');
      expect(await change(1000)).toBe('ok');
    });

    it('never touch what is not theirs to change', async () => {
      const { id } = await installedServer(panel.admin, agent);
      for (const body of [
        { ownerId: missing },
        { nodeId: missing },
        { state: 'running' },
        { suspendedAt: null },
      ]) {
        expect(await code(panel.admin.api.servers.update({ params: { id }, body: body as never }))).toBe(
          'invalid_input',
        );
      }
    });

    it('made while the node is away reach the agent when it is back', async () => {
      const node = await FakeAgent.linked(panel, 'later');
      const { id } = await installedServer(panel.admin, node, custom({ nodeId: node.nodeId }));
      node.disconnect();
      await serverThat(panel.admin, id, { node: expect.objectContaining({ online: false }) });
      await panel.admin.api.servers.update({ params: { id }, body: { environment: { SLOTS: '7' } } });
      await node.connect();
      expect(node.server(id).spec).toMatchObject({ revision: 2, environment: { SLOTS: '7' } });
    });
  });

  describe('who may see and do what', () => {
    it("shows others' servers to nobody, by any door", async () => {
      const { id } = await runningServer(panel.admin, agent);
      const { api, token } = panel.user;
      const params = { id };
      const doors = [
        () => api.servers.get({ params }),
        () => api.servers.update({ params, body: { name: 'Mine' } }),
        () => api.servers.delete({ params }),
        () => api.servers.start({ params }),
        () => api.servers.stop({ params }),
        () => api.servers.restart({ params }),
        () => api.servers.kill({ params }),
        () => api.servers.reinstall({ params }),
        () => api.servers.resetCrashCount({ params }),
        () => api.console.logs({ params }),
        () => api.console.command({ params, body: { command: 'op me' } }),
        () => api.console.download({ params }),
      ];
      const strangers = [
        () => api.servers.get({ params: { id: missing } }),
        () => api.servers.start({ params: { id: missing } }),
      ];
      for (const door of [...doors, ...strangers]) {
        await expect(door()).rejects.toMatchObject({ code: 'not_found', message: 'No such server' });
      }
      const socket = await TestSocket.connected(panel.url, token);
      const seen = ['server_state_update', 'server_update', 'resource_stats', 'server_log'] as const;
      const heard = seen.flatMap((name) => [socket.collect(name)]);
      expect(await code(socket.call('console:subscribe', { serverId: id }))).toBe('not_found');
      expect(await code(socket.call('console_input', { serverId: id, data: 'x' }))).toBe('not_found');
      expect(await code(socket.call('server_control', { serverId: id, action: 'stop' }))).toBe('not_found');
      agent.print(id, 'secret');
      await agent.report(id, 'stopped');
      await serverThat(panel.admin, id, { state: 'stopped' });
      // One answered call later everything sent before it has arrived.
      await code(socket.call('console:subscribe', { serverId: missing }));
      expect(heard.flat()).toEqual([]);
      expect((await api.servers.list()).items).toEqual([]);
      expect((await api.servers.list({ query: { q: id } })).items).toEqual([]);
      socket.close();
    });

    it('tells whoever may see it how to join, without a right to its template', async () => {
      const { id } = await installedServer(panel.admin, agent, custom());
      const { userId } = await panel.createUser('viewer');
      const { database, users, sessions } = panel.panel.core;
      const role = { id: uuid(), builtIn: null, name: 'Viewer', createdAt: new Date() };
      await database.getRepository(RoleEntity).insert({ ...role, permissions: ['server.read'] });
      await database.getRepository(UserEntity).update({ id: userId }, { roleId: role.id });
      const viewer = await users.findByEmail('viewer@example.com');
      if (!viewer) throw new Error('The viewer is gone');
      const { token } = await sessions.create(viewer, { ip: '127.0.0.1', userAgent: 'test' });
      const api = panel.clientFor(token);
      expect(await code(api.templates.list())).toBe('forbidden');
      const { address, howToJoin } = await api.servers.get({ params: { id } });
      expect(howToJoin).toBe(`Enter ${address}`);
      expect((await api.servers.list({ query: { limit: 1 } })).items).toMatchObject([{ id, howToJoin }]);
    });

    it("gives the owner all rights on his own, and not the template's closed variables", async () => {
      const owner = await panel.createUser('owner');
      const { id } = await installedServer(panel.admin, agent, custom());
      const { database } = panel.panel.core;
      await database.getRepository(ServerEntity).update({ id }, { ownerId: owner.userId });
      await panel.restart();
      const api = panel.clientFor(owner.token);
      agent.link.panelUrl = panel.url;
      await agent.connect();
      const mine = await serverThat({ api }, id, { node: expect.objectContaining({ online: true }) });
      expect(mine.environment).toEqual({ TITLE: 'A server', SLOTS: '10', PASSWORD: '' });
      expect(mine.permissions).toEqual(
        expect.arrayContaining(['server.read', 'server.start', 'console.write']),
      );
      for (const one of ['server.create', 'server.suspend', 'server.limits'])
        expect(mine.permissions).not.toContain(one);
      expect((await api.servers.list()).items.map((one) => one.id)).toEqual([id]);
      const params = { id };
      const socket = await TestSocket.connected(panel.url, owner.token);
      const states = socket.collect('server_state_update');
      await api.servers.start({ params });
      await vi.waitFor(() => expect(states.map(({ state }) => state)).toEqual(['starting', 'running']));
      expect(await code(api.servers.update({ params, body: { environment: { LICENCE: 'paid' } } }))).toBe(
        'forbidden',
      );
      expect(await code(api.servers.create({ body: custom() }))).toBe('forbidden');
      const { allocatedMemoryMb, allocatedCpuCores, allocatedDiskMb } = mine;
      for (const body of [
        { allocatedMemoryMb: allocatedMemoryMb + 1, name: 'More' },
        { allocatedCpuCores: allocatedCpuCores / 2 },
        { allocatedDiskMb: allocatedDiskMb * 2 },
      ]) {
        expect(await code(api.servers.update({ params, body }))).toBe('forbidden');
      }
      const asItWas = { allocatedMemoryMb, allocatedCpuCores, allocatedDiskMb };
      expect(await api.servers.update({ params, body: { ...asItWas, description: 'His' } })).toMatchObject({
        ...asItWas,
        name: mine.name,
        description: 'His',
      });
      const admins = panel.clientFor(panel.admin.token);
      expect((await admins.servers.get({ params })).permissions).toContain('server.limits');
      socket.close();
    });
  });

  describe('the list', () => {
    it('comes in pages, filtered, newest first, and always as it is now', async () => {
      const node = await FakeAgent.linked(panel, 'listed');
      const ids: string[] = [];
      for (const name of ['Alpha 100%', 'Beta', 'Gamma', 'alphabet']) {
        ids.push((await installedServer(panel.admin, node, { name })).id);
      }
      const { api } = panel.admin;
      const query = { nodeId: node.nodeId, limit: 3 };
      const first = await api.servers.list({ query });
      expect(first.items.map(({ id }) => id)).toEqual(ids.toReversed().slice(0, 3));
      const second = await api.servers.list({ query: { ...query, cursor: first.nextCursor ?? '' } });
      expect(second).toMatchObject({ items: [{ id: ids[0] }], nextCursor: null });
      const found = async (q: string) =>
        (await api.servers.list({ query: { ...query, q } })).items.map(({ name }) => name);
      expect(await found('ALPHA')).toEqual(['alphabet', 'Alpha 100%']);
      expect(await found('100%')).toEqual(['Alpha 100%']);
      expect(await found('%')).toEqual(['Alpha 100%']);
      expect(await found("' OR 1=1 --")).toEqual([]);
      const running = async () =>
        (await api.servers.list({ query: { ...query, state: 'running' } })).items.map(({ id }) => id);
      expect(await running()).toEqual([]);
      await api.servers.start({ params: { id: ids[1] as string } });
      await serverThat(panel.admin, ids[1] as string, { state: 'running' });
      expect(await running()).toEqual([ids[1]]);
      await api.servers.update({ params: { id: ids[0] as string }, body: { name: 'Omega' } });
      expect(await found('omega')).toEqual(['Omega']);
      expect(await code(api.servers.list({ query: { limit: 101 } }))).toBe('invalid_input');
      for (const cursor of ['', 'junk', ids[0]?.toUpperCase(), `${ids[0]} `])
        expect(await code(api.servers.list({ query: { cursor } }))).toBe('invalid_input');
    });
  });
});
