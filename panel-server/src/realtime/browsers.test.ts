import { clientCalls } from '@catalyst/shared/realtime';
import { v7 as uuid } from 'uuid';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { SessionEntity } from '../features/sessions/session.entity.ts';
import { FakeAgent } from '../testing/fake-agent.ts';
import { type TestPanel, testDatabases, testPanel } from '../testing/test-panel.ts';
import { installedServer, runningServer } from '../testing/test-servers.ts';
import { TestSocket } from '../testing/test-socket.ts';
import { roomForAll } from './event-rooms.ts';
import { maxSocketsPerUser } from './open-sockets.ts';

const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'ok',
    (error) => error.code,
  );

describe.each(testDatabases)('sockets of browsers and programs on %s', (database) => {
  let panel: TestPanel;
  let agent: FakeAgent;

  beforeAll(async () => {
    panel = await testPanel({ database });
    agent = await FakeAgent.linked(panel);
  });
  afterAll(() => panel.close());

  const connect = (token: string | undefined = panel.admin.token, options?: object) =>
    TestSocket.connected(panel.url, token, options);

  describe('are let in', () => {
    it('by a token or a cookie, and by nothing else', async () => {
      (await connect()).close();
      const cookie = { extraHeaders: { cookie: `catalyst=${panel.admin.token}` } };
      const fromPage = { extraHeaders: { ...cookie.extraHeaders, origin: panel.url } };
      (await TestSocket.connected(panel.url, undefined, fromPage)).close();
      expect(await code(TestSocket.connected(panel.url, undefined))).toBe('unauthenticated');
      expect(await code(connect('x'.repeat(43)))).toBe('unauthenticated');
      expect(await code(connect({ $gt: '' } as never))).toBe('unauthenticated');
      const foreign = { extraHeaders: { ...cookie.extraHeaders, origin: 'https://evil.example' } };
      await expect(TestSocket.connected(panel.url, undefined, foreign)).rejects.toThrow();
    });

    it('as many of one person as anybody needs, and again when some have gone', async () => {
      const { token } = await panel.createUser(`collector-${database}`);
      const tries = Array.from({ length: maxSocketsPerUser + 3 }, () => connect(token));
      const open = (await Promise.allSettled(tries)).flatMap((result) =>
        result.status === 'fulfilled' ? result.value : [],
      );
      expect(open).toHaveLength(maxSocketsPerUser);
      expect(await code(connect(token))).toBe('limit_reached');
      (await connect(panel.user.token)).close();
      open.pop()?.close();
      await vi.waitFor(async () => open.push(await connect(token)));
      for (const socket of open) socket.close();
    });

    it('until they sign out, and hear why they are cut off', async () => {
      const { api, token } = await panel.createUser(`leaver-${database}`);
      const socket = await connect(token);
      const revoked = socket.collect('revoked');
      const before = performance.now();
      await api.sessions.logout();
      await vi.waitFor(() => expect(socket.socket.connected).toBe(false));
      expect(performance.now() - before).toBeLessThan(2000);
      expect(revoked).toEqual([{ reason: expect.any(String) }]);
      expect(await code(connect(token))).toBe('unauthenticated');
    });

    it('until their session expires', async () => {
      const { token, userId } = await panel.createUser(`expiring-${database}`);
      await panel.panel.core.database
        .getRepository(SessionEntity)
        .update({ userId }, { expiresAt: new Date(Date.now() + 1500) });
      // What the panel remembers of the session is forgotten with a restart.
      await panel.restart();
      agent.link.panelUrl = panel.url;
      await agent.connect();
      const socket = await connect(token);
      const revoked = socket.collect('revoked');
      await vi.waitFor(() => expect(socket.socket.connected).toBe(false), { timeout: 5000 });
      expect(revoked).toHaveLength(1);
    });
  });

  describe('follow consoles', () => {
    it('no longer than they may: everybody is told when the server is gone', async () => {
      const { id } = await installedServer(panel.admin, agent);
      const socket = await connect();
      const revoked = socket.collect('revoked');
      const updates = socket.collect('server_update');
      await socket.call('console:subscribe', { serverId: id });
      await panel.admin.api.servers.delete({ params: { id } });
      await vi.waitFor(() => expect(revoked).toEqual([{ serverId: id, reason: expect.any(String) }]));
      expect(updates).toContainEqual({ serverId: id, deleted: true });
      expect(socket.socket.connected).toBe(true);
      socket.close();
    });

    it('of one server no longer, when one person loses it', async () => {
      const { id } = await runningServer(panel.admin, agent);
      const loser = await connect();
      const logs = loser.collect('server_log');
      const revoked = loser.collect('revoked');
      await loser.call('console:subscribe', { serverId: id });
      agent.print(id, 'before');
      await vi.waitFor(() => expect(logs).toHaveLength(1));
      const { userId } = panel.admin;
      panel.panel.core.revocations.emit({ kind: 'server', serverId: id, userId, reason: 'Taken away' });
      await vi.waitFor(() => expect(revoked).toEqual([{ serverId: id, reason: 'Taken away' }]));
      agent.print(id, 'after');
      await code(loser.call('console:unsubscribe', { serverId: id }));
      expect(logs).toHaveLength(1);
      loser.close();
    });

    it('of at most 200 servers each', async () => {
      const { id } = await runningServer(panel.admin, agent);
      const socket = await connect();
      await socket.call('console:subscribe', { serverId: id });
      const { serverIndex } = panel.panel.core;
      const standIns = Array.from({ length: 200 }, () => uuid());
      for (const standIn of standIns) {
        serverIndex.add({
          id: standIn,
          name: 'stand-in',
          nodeId: agent.nodeId,
          ownerId: panel.admin.userId,
          suspendedAt: null,
        });
      }
      const last = standIns.pop() as string;
      for (const standIn of standIns) await socket.call('console:subscribe', { serverId: standIn });
      expect(await code(socket.call('console:subscribe', { serverId: last }))).toBe('limit_reached');
      expect(await code(socket.call('console:subscribe', { serverId: id }))).toBe('ok');
      socket.close();
    });
  });

  describe('hear', () => {
    it('what happens to servers and nodes they may see, in the shape the contract says', async () => {
      const admin = await connect();
      const user = await connect(panel.user.token);
      const names = [
        'server_state_update',
        'server_update',
        'resource_stats',
        'installation_progress',
        'node_update',
      ] as const;
      const heard = names.map((name) => admin.collect(name));
      const unheard = names.map((name) => user.collect(name));
      agent.answer('server_control', (control) => {
        agent.socket.emit('installation_progress', {
          serverId: control.serverId,
          step: 1,
          totalSteps: 2,
          label: 'Download',
        });
        setTimeout(async () => {
          await agent.report(control.serverId, 'stopped');
          await agent.finish(control.serverId, control.operationId);
        }, 20);
        return { accepted: true };
      });
      const { id } = await installedServer(panel.admin, agent);
      agent.answer('server_control', undefined);
      agent.socket.emit('resource_stats', {
        at: Date.now(),
        stats: [{ serverId: id, cpuPercent: 12.5, memoryBytes: 1e8, diskBytes: null, pids: 3 }],
      });
      agent.announceHealth();
      await vi.waitFor(() => expect(heard.every((events) => events.length > 0)).toBe(true));
      expect(heard[0]).toContainEqual(
        expect.objectContaining({ serverId: id, state: 'stopped', previousState: 'installing' }),
      );
      expect(heard[2]?.at(-1)).toMatchObject({ stats: [{ serverId: id, cpuPercent: 12.5 }] });
      expect(heard[3]).toContainEqual({ serverId: id, step: 1, totalSteps: 2, label: 'Download' });
      expect(heard[4]?.at(-1)).toMatchObject({ node: { id: agent.nodeId, health: { cpuPercent: 10 } } });
      expect(admin.invalid).toEqual([]);
      await code(user.call('console:unsubscribe', { serverId: id }));
      expect(unheard.flat()).toEqual([]);
      admin.close();
      user.close();
    });

    it('nothing they were not asked about: rooms are not theirs to join', async () => {
      const { id } = await runningServer(panel.admin, agent);
      const spy = await connect(panel.user.token);
      const everything: string[] = [];
      spy.socket.onAny((name) => everything.push(name));
      const rooms = [
        `console:${id}`,
        `user:${panel.admin.userId}`,
        roomForAll('server_update'),
        roomForAll('node_update'),
      ];
      for (const room of rooms) {
        for (const name of ['join', 'subscribe', 'console:subscribe', 'server_log']) {
          spy.socket.emit(name, room);
          spy.socket.emit(name, { room, serverId: room });
        }
      }
      agent.print(id, 'secret');
      await panel.admin.api.servers.stop({ params: { id } });
      await code(spy.call('console:unsubscribe', { serverId: id }));
      expect(everything).toEqual([]);
      spy.close();
    });
  });

  describe('may say', () => {
    it.each(Object.keys(clientCalls))('%s only in its shape', async (name) => {
      const socket = await connect();
      const frames = [
        '{"__proto__":{"x":1}}',
        '[]',
        'null',
        '"text"',
        '{"serverId":{"$gt":""}}',
        '{"serverId":"a"}',
      ];
      for (const json of frames) {
        const answer = await new Promise<{ error?: { code: string } }>((resolve) => {
          socket.socket.emit(name, JSON.parse(json), resolve);
        });
        expect(answer.error?.code).toBe('invalid_input');
      }
      expect(({} as { x?: number }).x).toBeUndefined();
      socket.close();
    });

    it('start and stop, as over HTTP', async () => {
      const { id } = await installedServer(panel.admin, agent);
      const socket = await connect();
      const answer = await socket.call('server_control', { serverId: id, action: 'start' });
      expect(answer).toEqual({ operationId: expect.any(String), state: 'starting' });
      await vi.waitFor(async () =>
        expect((await panel.admin.api.servers.get({ params: { id } })).state).toBe('running'),
      );
      expect(await code(socket.call('server_control', { serverId: id, action: 'start' }))).toBe(
        'invalid_state',
      );
      socket.close();
    });

    it('no more than so much at once, and nothing large', async () => {
      const socket = await connect();
      const { id } = await runningServer(panel.admin, agent);
      const results = await Promise.all(
        Array.from({ length: 250 }, () => code(socket.call('console:unsubscribe', { serverId: id }))),
      );
      expect(results).toContain('rate_limited');
      const ended = new Promise((resolve) => socket.socket.once('disconnect', resolve));
      socket.socket.emit('console_input', { serverId: id, data: 'x'.repeat(100_000) });
      await ended;
    });
  });
});
