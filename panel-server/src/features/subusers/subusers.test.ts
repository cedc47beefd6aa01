import type { Permission } from '@catalyst/shared/contract/permissions';
import { subuserPresets } from '@catalyst/shared/features/subusers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { codeOf } from '../../testing/code-of.ts';
import { FakeAgent } from '../../testing/fake-agent.ts';
import { type TestClient, type TestPanel, testDatabases, testPanel } from '../../testing/test-panel.ts';
import { roleWith } from '../../testing/test-people.ts';
import { runningServer } from '../../testing/test-servers.ts';
import { TestSocket } from '../../testing/test-socket.ts';
import { AuditEntryEntity } from '../audit/audit-entry.entity.ts';
import { ServerInviteEntity } from './server-invite.entity.ts';
import { SubuserEntity } from './subuser.entity.ts';

const nobody = '01890000-0000-7000-8000-000000000000';

describe.each(testDatabases)('sharing a server on %s', (database) => {
  let test: TestPanel;
  let agent: FakeAgent;
  let owner: TestClient;
  let serverId: string;
  let people = 0;
  beforeAll(async () => {
    test = await testPanel({ database });
    agent = await FakeAgent.linked(test);
    owner = await test.createUser(
      'owner',
      await roleWith(test, ['server.create', 'server.limits', 'template.read']),
    );
    serverId = (await runningServer(owner, agent)).id;
  });
  afterAll(async () => {
    agent?.disconnect();
    await test?.close();
  });

  const someone = () => test.createUser(`someone-${++people}`);
  const onServer = (userId: string) => ({ id: serverId, userId });
  const invite = (by: TestClient, permissions: Permission[], email?: string) =>
    by.api.subusers.invite({ params: { id: serverId }, body: { permissions, email } });
  async function subuser(...permissions: Permission[]): Promise<TestClient> {
    const client = await someone();
    const { token } = await invite(owner, permissions);
    await client.api.subusers.acceptInvite({ params: { token } });
    return client;
  }
  const rightsOf = async ({ userId }: TestClient) => {
    const { items } = await owner.api.subusers.list({ params: { id: serverId }, query: { limit: 100 } });
    return items.find(({ user }) => user.id === userId)?.permissions;
  };

  describe('an invite', () => {
    it('is a link that shows what it is about and works once', async () => {
      const guest = await someone();
      const made = await invite(owner, ['console.read']);
      expect(made).toMatchObject({ email: null, permissions: ['server.read', 'console.read'] });
      expect(made.url).toMatch(new RegExp(`^https?://.+/invite#${made.token}$`));
      expect(made.expiresAt.getTime() - Date.now()).toBeGreaterThan(6.9 * 24 * 3_600_000);
      const params = { token: made.token };
      const preview = await test.anonymous.subusers.previewInvite({ params });
      expect(preview).toMatchObject({
        server: { name: 'A server' },
        invitedBy: { name: 'owner' },
        isPersonal: false,
        permissions: ['server.read', 'console.read'],
      });
      expect(await codeOf(guest.api.servers.get({ params: { id: serverId } }))).toBe('not_found');
      await guest.api.subusers.acceptInvite({ params });
      const server = await guest.api.servers.get({ params: { id: serverId } });
      expect(server.permissions).toEqual(['server.read', 'console.read']);
      expect((await guest.api.servers.list()).items).toMatchObject([{ id: serverId }]);
      expect(await codeOf(guest.api.servers.stop({ params: { id: serverId } }))).toBe('forbidden');
      expect(await codeOf((await someone()).api.subusers.acceptInvite({ params }))).toBe('not_found');
      expect(await codeOf(test.anonymous.subusers.previewInvite({ params }))).toBe('not_found');
    });

    it('is accepted by one of many who race for it', async () => {
      const { token } = await invite(owner, ['console.read']);
      const guests = await Promise.all(Array.from({ length: 8 }, someone));
      const outcomes = await Promise.all(
        guests.map(({ api }) => codeOf(api.subusers.acceptInvite({ params: { token } }))),
      );
      expect(outcomes.filter((outcome) => outcome === 'ok')).toHaveLength(1);
      expect(new Set(outcomes)).toEqual(new Set(['ok', 'not_found']));
    });

    it('to an address is for the account with that address', async () => {
      const guest = await someone();
      const me = await guest.api.sessions.me();
      const { token } = await invite(owner, ['console.read'], me.email);
      const params = { token };
      expect(await codeOf((await someone()).api.subusers.acceptInvite({ params }))).toBe('forbidden');
      expect(await codeOf(guest.api.subusers.acceptInvite({ params }))).toBe('ok');
    });

    it('expires, and can be taken back', async () => {
      const guest = await someone();
      const old = await invite(owner, ['console.read']);
      const rows = test.panel.core.database.getRepository(ServerInviteEntity);
      await rows.update({ id: old.id }, { expiresAt: new Date(Date.now() - 1000) });
      const params = { token: old.token };
      expect(await codeOf(guest.api.subusers.acceptInvite({ params }))).toBe('not_found');
      const other = await invite(owner, ['console.read']);
      const list = () => owner.api.subusers.invites({ params: { id: serverId } });
      expect((await list()).items.map(({ id }) => id)).toContain(other.id);
      await owner.api.subusers.revokeInvite({ params: { id: serverId, inviteId: other.id } });
      expect((await list()).items.map(({ id }) => id)).not.toContain(other.id);
      const late = { params: { token: other.token } };
      expect(await codeOf(guest.api.subusers.acceptInvite(late))).toBe('not_found');
    });

    it('keeps its token out of the database and the audit log', async () => {
      const { token } = await invite(owner, ['console.read'], 'guest@example.com');
      const { database: source } = test.panel.core;
      const kept = [
        await source.getRepository(ServerInviteEntity).find(),
        await source.getRepository(AuditEntryEntity).find(),
      ];
      expect(JSON.stringify(kept)).not.toContain(token);
      expect(test.logText()).not.toContain(token);
    });

    it('gives no more than the inviter holds when it is accepted', async () => {
      const inviter = await subuser('subuser.write', 'console.read', 'console.write');
      const guest = await someone();
      expect(await codeOf(invite(inviter, ['file.read']))).toBe('forbidden');
      const { token } = await invite(inviter, ['console.read', 'console.write']);
      const params = { token };
      await owner.api.subusers.update({
        params: onServer(inviter.userId),
        body: { permissions: ['subuser.write', 'console.read'] },
      });
      expect((await guest.api.subusers.previewInvite({ params })).permissions).toEqual([
        'server.read',
        'console.read',
      ]);
      await guest.api.subusers.acceptInvite({ params });
      expect(await rightsOf(guest)).toEqual(['server.read', 'console.read']);
      const second = await invite(inviter, ['console.read']);
      const opened = () => codeOf(test.anonymous.accounts.invitation({ body: { token: second.token } }));
      expect(await opened()).toBe('ok');
      await owner.api.subusers.remove({ params: onServer(inviter.userId) });
      const late = { params: { token: second.token } };
      // Nor does anybody come by an account with it.
      expect(await opened()).toBe('invalid_credentials');
      expect(await codeOf((await someone()).api.subusers.acceptInvite(late))).toBe('not_found');
    });

    it.each([
      [['server.fly']],
      [['*']],
      [['server.*']],
      [['user.write']],
      [['server.limits']],
      [['CONSOLE.READ']],
      [[['console.read']]],
      [['__proto__']],
    ])('cannot give %j', async (permissions) => {
      expect(await codeOf(invite(owner, permissions as never))).toBe('invalid_input');
    });
  });

  describe('a subuser', () => {
    it.each(Object.entries(subuserPresets))('can be a %s', async (_key, { permissions }) => {
      const client = await subuser(...permissions);
      const server = await client.api.servers.get({ params: { id: serverId } });
      expect([...server.permissions].sort()).toEqual([...permissions].sort());
    });

    it('changes nobody who may do more, not himself, not the owner, and gives nothing he lacks', async () => {
      const clerk = await subuser('subuser.read', 'subuser.write', 'subuser.delete', 'console.read');
      const mighty = await subuser('file.read');
      const mean = await subuser('console.read');
      const { subusers } = clerk.api;
      const permissions: Permission[] = ['server.read'];
      const targets = [clerk.userId, owner.userId, mighty.userId];
      for (const userId of targets) {
        expect(await codeOf(subusers.update({ params: onServer(userId), body: { permissions } }))).toBe(
          'forbidden',
        );
        expect(await codeOf(subusers.remove({ params: onServer(userId) }))).toBe('forbidden');
      }
      const more = { permissions: ['file.write'] as Permission[] };
      expect(await codeOf(subusers.update({ params: onServer(mean.userId), body: more }))).toBe('forbidden');
      expect(await rightsOf(mighty)).toEqual(['server.read', 'file.read']);
      expect(await rightsOf(mean)).toEqual(['server.read', 'console.read']);
      expect(await codeOf(subusers.update({ params: onServer(mean.userId), body: { permissions } }))).toBe(
        'ok',
      );
      expect(await codeOf(subusers.remove({ params: onServer(mean.userId) }))).toBe('ok');
      expect(await codeOf(subusers.remove({ params: onServer(nobody) }))).toBe('not_found');
    });

    it('leaves when he wants to; the owner cannot', async () => {
      const client = await subuser('console.read');
      const params = { id: serverId };
      expect(await codeOf(client.api.subusers.leave({ params }))).toBe('ok');
      expect(await codeOf(client.api.servers.get({ params }))).toBe('not_found');
      expect(await codeOf(client.api.subusers.leave({ params }))).toBe('not_found');
      expect(await codeOf(owner.api.subusers.leave({ params }))).toBe('conflict');
    });

    it('hears no further line of a console, and is told, when he loses it', async () => {
      const client = await subuser('console.read');
      const socket = await TestSocket.connected(test.url, client.token);
      const logs = socket.collect('server_log');
      const revoked = socket.collect('revoked');
      const changed = socket.collect('rights_changed');
      await socket.call('console:subscribe', { serverId });
      agent.print(serverId, 'before');
      await vi.waitFor(() => expect(logs).toHaveLength(1));
      const params = onServer(client.userId);
      await owner.api.subusers.update({ params, body: { permissions: ['file.read'] } });
      await vi.waitFor(() => expect(revoked).toEqual([{ serverId, reason: expect.any(String) }]));
      expect(changed).toEqual([{ serverId }]);
      expect(await codeOf(socket.call('console:subscribe', { serverId }))).toBe('forbidden');
      await owner.api.subusers.update({ params, body: { permissions: ['console.read'] } });
      await socket.call('console:subscribe', { serverId });
      await owner.api.subusers.remove({ params });
      await vi.waitFor(() => expect(revoked).toHaveLength(2));
      agent.print(serverId, 'after');
      expect(await codeOf(socket.call('console:subscribe', { serverId }))).toBe('not_found');
      await codeOf(socket.call('console:unsubscribe', { serverId: nobody }));
      expect(JSON.stringify(logs)).not.toContain('after');
      expect([revoked.length, socket.invalid, socket.socket.connected]).toEqual([2, [], true]);
      socket.close();
    });

    it('keeps what he was told of when something else changes', async () => {
      const client = await subuser('console.read');
      const socket = await TestSocket.connected(test.url, client.token);
      const revoked = socket.collect('revoked');
      const changed = socket.collect('rights_changed');
      await socket.call('console:subscribe', { serverId });
      const permissions: Permission[] = ['console.read', 'file.read'];
      await owner.api.subusers.update({ params: onServer(client.userId), body: { permissions } });
      await vi.waitFor(() => expect(changed).toHaveLength(1));
      const logs = socket.collect('server_log');
      agent.print(serverId, 'still there');
      await vi.waitFor(() => expect(JSON.stringify(logs)).toContain('still there'));
      expect(revoked).toEqual([]);
      socket.close();
    });
  });

  it('is with so many people at most, however many come at once', async () => {
    const { users, database: source, serverIndex } = test.panel.core;
    const { id } = await runningServer(owner, agent);
    const now = new Date();
    const permissions: Permission[] = ['server.read'];
    for (let count = 0; count < 199; count++) {
      const name = `one-of-many-${count}`;
      const { user } = await users.create({
        ...{ email: `${name}@example.com`, name, passwordHash: '', role: 'user' },
      });
      const row = { id: user.id, serverId: id, userId: user.id, permissions, createdAt: now, updatedAt: now };
      await source.getRepository(SubuserEntity).insert(row);
    }
    await serverIndex.refresh(id);
    const guests = await Promise.all(Array.from({ length: 50 }, someone));
    const tokens: string[] = [];
    for (const _ of guests) {
      const { token } = await owner.api.subusers.invite({ params: { id }, body: { permissions } });
      tokens.push(token);
    }
    const outcomes = await Promise.all(
      guests.map(({ api }, index) =>
        codeOf(api.subusers.acceptInvite({ params: { token: tokens[index] as string } })),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === 'ok')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'limit_reached')).toHaveLength(49);
    expect(await source.getRepository(SubuserEntity).countBy({ serverId: id })).toBe(200);
  });

  describe('the owner', () => {
    it('gives the server to somebody it is shared with, and keeps nothing', async () => {
      const seller = await test.createUser(
        'seller',
        await roleWith(test, ['server.create', 'server.limits', 'template.read']),
      );
      const { id } = await runningServer(seller, agent);
      const params = { id };
      const buyer = await someone();
      const { token } = await seller.api.subusers.invite({
        params,
        body: { permissions: ['console.read', 'subuser.write'] },
      });
      const give = (by: TestClient, userId: string) =>
        codeOf(by.api.subusers.transferOwnership({ params, body: { userId } }));
      expect(await give(seller, buyer.userId)).toBe('invalid_input');
      expect(await give(seller, nobody)).toBe('invalid_input');
      await buyer.api.subusers.acceptInvite({ params: { token } });
      expect(await give(buyer, buyer.userId)).toBe('forbidden');
      const open = await seller.api.subusers.invite({ params, body: { permissions: [] } });
      const socket = await TestSocket.connected(test.url, seller.token);
      const revoked = socket.collect('revoked');
      await socket.call('console:subscribe', { serverId: id });
      expect(await give(seller, buyer.userId)).toBe('ok');
      await vi.waitFor(() => expect(revoked).toEqual([{ serverId: id, reason: expect.any(String) }]));
      expect(await codeOf(seller.api.servers.get({ params }))).toBe('not_found');
      expect((await seller.api.servers.list()).items).toEqual([]);
      const server = await buyer.api.servers.get({ params });
      expect(server.owner.id).toBe(buyer.userId);
      expect(server.permissions).toContain('server.delete');
      expect((await buyer.api.subusers.list({ params })).items).toEqual([]);
      const late = { params: { token: open.token } };
      expect(await codeOf((await someone()).api.subusers.acceptInvite(late))).toBe('not_found');
      expect(await give(test.admin, test.user.userId)).toBe('ok');
      socket.close();
    });
  });
});
