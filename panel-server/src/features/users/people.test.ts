import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf } from '../../testing/code-of.ts';
import { FakeAgent } from '../../testing/fake-agent.ts';
import {
  password,
  type TestClient,
  type TestPanel,
  testDatabases,
  testPanel,
} from '../../testing/test-panel.ts';
import { roleWith } from '../../testing/test-people.ts';
import { installedServer } from '../../testing/test-servers.ts';
import { AuditEntryEntity } from '../audit/audit-entry.entity.ts';

describe.each(testDatabases)('roles and users on %s', (database) => {
  let test: TestPanel;
  let agent: FakeAgent;
  let people = 0;
  beforeAll(async () => {
    test = await testPanel({ database });
    agent = await FakeAgent.linked(test);
  });
  afterAll(async () => {
    agent?.disconnect();
    await test?.close();
  });

  const someone = async (permissions: Parameters<typeof roleWith>[1], nodeIds: string[] | null = null) =>
    test.createUser(`someone-${++people}`, await roleWith(test, permissions, nodeIds));
  const roleOf = async ({ userId }: TestClient) =>
    (await test.admin.api.users.get({ params: { id: userId } })).role.id;
  const builtIn = async (name: string) => {
    const { items } = await test.admin.api.roles.list({ query: { limit: 100 } });
    return items.find((role) => role.builtIn === name)?.id as string;
  };

  describe('a role', () => {
    it('is made, changed, counted and deleted when nobody has it', async () => {
      const { roles, users } = test.admin.api;
      const body = {
        name: 'Support',
        permissions: ['server.*', 'user.read'] as const,
        nodeIds: [agent.nodeId],
      };
      const role = await roles.create({ body: { ...body, permissions: [...body.permissions] } });
      expect(role).toMatchObject({ ...body, builtIn: null, userCount: 0 });
      const same = { ...body, permissions: [...body.permissions] };
      expect(await codeOf(roles.create({ body: same }))).toBe('conflict');
      const params = { id: role.id };
      const { userId } = await test.createUser(`member-${database}`);
      await users.update({ params: { id: userId }, body: { roleId: role.id } });
      expect(await roles.get({ params })).toMatchObject({ userCount: 1 });
      expect(await codeOf(roles.delete({ params }))).toBe('conflict');
      expect(await roles.update({ params, body: { nodeIds: null } })).toMatchObject({
        ...same,
        nodeIds: null,
      });
      await users.update({ params: { id: userId }, body: { roleId: await builtIn('user') } });
      expect(await codeOf(roles.delete({ params }))).toBe('ok');
      expect(await codeOf(roles.get({ params }))).toBe('not_found');
    });

    it.each([['server.fly'], ['SERVER.READ'], ['server.re\u0430d'], [['*']], ['__proto__'], ['fly.*']])(
      'cannot name %j',
      async (name) => {
        const body = { name: 'Strange', permissions: [name] as never };
        expect(await codeOf(test.admin.api.roles.create({ body }))).toBe('invalid_input');
      },
    );

    it('is limited to nodes that exist', async () => {
      const nodeIds = ['01890000-0000-7000-8000-000000000000'];
      const body = { name: 'Nowhere', permissions: [], nodeIds };
      expect(await codeOf(test.admin.api.roles.create({ body }))).toBe('invalid_input');
    });

    it('gives nothing that who makes or changes it does not hold', async () => {
      const clerk = await someone(['role.write', 'role.read', 'server.read', 'user.write']);
      const { roles } = clerk.api;
      const tooMuch = [['server.start'], ['*'], ['server.*'], ['admin.users']] as const;
      for (const permissions of tooMuch) {
        const body = { name: 'Too much', permissions: [...permissions] };
        expect(await codeOf(roles.create({ body }))).toBe('forbidden');
      }
      const mine = await roles.create({ body: { name: `Mine ${database}`, permissions: ['server.read'] } });
      const params = { id: mine.id };
      expect(await codeOf(roles.update({ params, body: { permissions: ['server.kill'] } }))).toBe(
        'forbidden',
      );
      expect(await roles.get({ params })).toMatchObject({ permissions: ['server.read'] });
      const foreign = await test.admin.api.roles.create({
        body: { name: `Mighty ${database}`, permissions: ['settings.write'] },
      });
      expect(await codeOf(roles.update({ params: { id: foreign.id }, body: { name: 'Mine' } }))).toBe(
        'forbidden',
      );
      expect(await codeOf(roles.delete({ params: { id: foreign.id } }))).toBe('forbidden');
      expect(
        await codeOf(roles.update({ params: { id: await roleOf(clerk) }, body: { permissions: ['*'] } })),
      ).toBe('forbidden');
      const { users } = clerk.api;
      const body = {
        email: `puppet-${database}@example.com`,
        name: `puppet-${database}`,
        roleId: foreign.id,
      };
      expect(await codeOf(users.create({ body }))).toBe('forbidden');
      const self = { params: { id: clerk.userId }, body: { roleId: await builtIn('administrator') } };
      expect(await codeOf(users.update(self))).toBe('forbidden');
      expect((await clerk.api.sessions.me()).permissions).not.toContain('*');
    });

    it('of the administrator is always the same', async () => {
      const { roles } = test.admin.api;
      const params = { id: await builtIn('administrator') };
      expect(await codeOf(roles.update({ params, body: { permissions: [] } }))).toBe('conflict');
      expect(await codeOf(roles.update({ params, body: { nodeIds: [agent.nodeId] } }))).toBe('conflict');
      expect(await codeOf(roles.delete({ params }))).toBe('conflict');
    });

    it('is felt at once by those who have it', async () => {
      const reader = await someone(['node.read']);
      const roleId = await roleOf(reader);
      expect(await codeOf(reader.api.nodes.list())).toBe('ok');
      await test.admin.api.roles.update({ params: { id: roleId }, body: { permissions: [] } });
      expect(await codeOf(reader.api.nodes.list())).toBe('forbidden');
      await test.admin.api.roles.update({ params: { id: roleId }, body: { permissions: ['node.*'] } });
      expect(await codeOf(reader.api.nodes.list())).toBe('ok');
    });
  });

  describe('a user', () => {
    it('is made, found, changed, locked out, let in again and deleted', async () => {
      const { users } = test.admin.api;
      const email = `alice.${database}@example.com`;
      const name = `alice-${database}`;
      const made = await users.create({ body: { email, name, displayName: 'Alice', password } });
      expect(made).toMatchObject({
        email,
        name,
        displayName: 'Alice',
        role: { name: 'User' },
        ownedServers: 0,
      });
      const params = { id: made.id };
      expect(await codeOf(users.create({ body: { email, name: 'other-name' } }))).toBe('conflict');
      const { token } = await test.anonymous.sessions.login({ body: { email, password } });
      const alice = test.clientFor(token);
      expect((await users.list({ query: { q: `ALICE.${database}` } })).items).toMatchObject([
        { id: made.id },
      ]);
      expect((await users.list({ query: { q: '%' } })).items).toEqual([]);
      await users.update({ params, body: { displayName: null, name: `${name}-2` } });
      expect(await users.get({ params })).toMatchObject({ displayName: null, name: `${name}-2` });
      expect(await users.disable({ params })).toMatchObject({ disabledAt: expect.any(Date) });
      expect(await codeOf(alice.sessions.me())).toBe('unauthenticated');
      expect(await codeOf(test.anonymous.sessions.login({ body: { email, password } }))).toBe(
        'invalid_credentials',
      );
      const disabled = await users.list({ query: { status: 'disabled', limit: 100 } });
      expect(disabled.items.map(({ id }) => id)).toContain(made.id);
      await users.enable({ params });
      expect(await codeOf(test.anonymous.sessions.login({ body: { email, password } }))).toBe('ok');
      await users.delete({ params });
      expect(await codeOf(users.get({ params }))).toBe('not_found');
      expect(await test.panel.core.users.names([made.id])).toEqual(new Map([[made.id, `${name}-2`]]));
      expect(await codeOf(users.create({ body: { email, name } }))).toBe('ok');
    });

    it('is listed in pages', async () => {
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await test.admin.api.users.list({ query: { limit: 3, cursor } });
        seen.push(...page.items.map(({ id }) => id));
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
      expect(seen).toContain(test.admin.userId);
      expect(new Set(seen).size).toBe(seen.length);
    });

    it('gets another password, which ends his sessions', async () => {
      const user = await test.createUser(`forgetful-${database}`);
      const params = { id: user.userId };
      await test.admin.api.users.setPassword({ params, body: { password: 'a brand new password' } });
      expect(await codeOf(user.api.sessions.me())).toBe('unauthenticated');
      expect(await test.admin.api.users.get({ params })).toMatchObject({ mustChangePassword: true });
      const rows = await test.panel.core.database.getRepository(AuditEntryEntity).findBy({
        action: 'user.set-password',
      });
      expect(JSON.stringify(rows)).not.toContain('brand new');
    });

    it('with more rights is changed by nobody with fewer', async () => {
      const clerk = await someone(['admin.users']);
      const { users } = clerk.api;
      const params = { id: test.admin.userId };
      const tries = [
        users.update({ params, body: { email: 'mine@example.com' } }),
        users.setPassword({ params, body: { password: 'a brand new password' } }),
        users.disable({ params }),
        users.signOut({ params }),
        users.delete({ params }),
      ];
      expect(await Promise.all(tries.map(codeOf))).toEqual(tries.map(() => 'forbidden'));
      expect(await codeOf(test.admin.api.sessions.me())).toBe('ok');
      const victim = await test.createUser(`victim-${database}`);
      expect(await codeOf(users.disable({ params: { id: victim.userId } }))).toBe('ok');
    });

    it('that is deleted leaves his name, and a log that is as sound as before', async () => {
      const name = `canary-${database}`;
      const { userId, api } = await test.createUser(name, 'administrator');
      const email = `${name}@example.com`;
      await api.accounts.updateProfile({ body: { displayName: 'Canary Bird' } });
      await api.apiKeys.create({ body: { name: 'program', scopes: ['*'] } });
      await api.factors.beginTotp();
      await test.anonymous.sessions.login({ body: { email, password } });
      const { id } = await installedServer(test.admin, agent);
      const body = { permissions: ['console.read' as const] };
      const { token } = await test.admin.api.subusers.invite({ params: { id }, body });
      await api.subusers.acceptInvite({ params: { token } });
      await test.admin.api.accounts.makeResetLink({ params: { id: userId } });
      await test.admin.api.users.delete({ params: { id: userId } });

      const { database: source } = test.panel.core;
      const kept: string[] = [];
      for (const { target, tableName } of source.entityMetadatas) {
        const rows = JSON.stringify(await source.getRepository(target).find());
        if (/canary/i.test(rows)) kept.push(tableName);
      }
      expect(kept.sort()).toEqual(['audit_entries', 'deleted_users']);
      const names = await test.panel.core.users.names([userId]);
      expect(names.get(userId)).toBe(name);
      const own = await test.admin.api.audit.list({ query: { userId } });
      expect(own.items.map(({ action }) => action)).toEqual(
        expect.arrayContaining(['apikey.create', 'user.update-profile', 'subuser.accept']),
      );
      expect(new Set(own.items.map(({ actor }) => actor.name))).toEqual(new Set([name]));
      // Whoever takes the name is somebody else.
      const heir = await test.createUser(name);
      const his = await test.admin.api.audit.list({ query: { userId: heir.userId } });
      expect(his.items).toEqual([]);
      expect(await test.admin.api.audit.verify()).toMatchObject({ isIntact: true });
    });

    it('that owns servers is deleted when they go to somebody else', async () => {
      const owner = await test.createUser(`owner-${database}`, 'administrator');
      const { id } = await installedServer(owner, agent);
      const { users, servers } = test.admin.api;
      const params = { id: owner.userId };
      expect(await users.get({ params })).toMatchObject({ ownedServers: 1 });
      expect(await codeOf(users.delete({ params }))).toBe('conflict');
      const nobody = { transferServersTo: '01890000-0000-7000-8000-000000000000' };
      expect(await codeOf(users.delete({ params, query: nobody }))).toBe('invalid_input');
      const remover = await someone(['admin.users', 'server.*', '*']);
      const clerk = await someone(['admin.users']);
      const heir = { transferServersTo: clerk.userId };
      expect(await codeOf(clerk.api.users.delete({ params, query: heir }))).toBe('forbidden');
      await remover.api.users.delete({ params, query: { transferServersTo: test.user.userId } });
      expect(await servers.get({ params: { id } })).toMatchObject({ owner: { id: test.user.userId } });
      expect(await codeOf(test.user.api.servers.get({ params: { id } }))).toBe('ok');
      expect(await codeOf(owner.api.sessions.me())).toBe('unauthenticated');
    });
  });
});

describe.each(testDatabases)('the last administrator on %s', (database) => {
  let test: TestPanel;
  beforeAll(async () => {
    test = await testPanel({ database });
  });
  afterAll(() => test?.close());

  it('stays, whatever anybody tries', async () => {
    const { users, roles } = test.admin.api;
    const params = { id: test.admin.userId };
    const { items } = await roles.list();
    const roleId = items.find(({ builtIn }) => builtIn === 'user')?.id as string;
    expect(await codeOf(users.update({ params, body: { roleId } }))).toBe('conflict');
    expect(await codeOf(users.disable({ params }))).toBe('conflict');
    expect(await codeOf(users.delete({ params }))).toBe('conflict');
    expect((await test.admin.api.sessions.me()).permissions).toContain('*');
  });

  it('stays when the last two demote, disable or delete each other at the same moment', async () => {
    const { items } = await test.admin.api.roles.list();
    const roleId = items.find(({ builtIn }) => builtIn === 'user')?.id as string;
    const second = await test.createUser(`second-${database}`, 'administrator');
    const admins = [test.admin, second];
    const demote = (by: TestClient, { userId: id }: TestClient) =>
      by.api.users.update({ params: { id }, body: { roleId } });
    const outcomes = await Promise.all([
      codeOf(demote(second, test.admin)),
      codeOf(demote(test.admin, second)),
      codeOf(test.admin.api.users.disable({ params: { id: second.userId } })),
      codeOf(second.api.users.disable({ params: { id: test.admin.userId } })),
    ]);
    expect(outcomes).toContain('ok');
    const left = await Promise.all(
      admins.map(async ({ api }) => {
        const me = await api.sessions.me().catch(() => undefined);
        return me?.permissions.includes('*');
      }),
    );
    expect(left.filter(Boolean), JSON.stringify(outcomes)).toHaveLength(1);
  });
});
