import {
  type Access,
  type Permission,
  permissionCatalogue,
  permissions,
} from '@catalyst/shared/contract/permissions';
import { clientEvents } from '@catalyst/shared/realtime';
import { v7 as uuid } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RoleEntity } from '../features/users/role.entity.ts';
import { type TestClient, type TestPanel, testPanel } from '../testing/test-panel.ts';
import { TestSocket } from '../testing/test-socket.ts';
import type { ClientEvents } from './event-rooms.ts';

let panel: TestPanel;
beforeAll(async () => {
  panel = await testPanel();
});
afterAll(() => panel.close());

let people = 0;
async function someoneWith(...granted: Permission[]): Promise<TestClient> {
  people += 1;
  const role = { id: uuid(), builtIn: `test-${people}`, name: `test ${people}`, createdAt: new Date() };
  await panel.panel.core.database.getRepository(RoleEntity).insert({ ...role, permissions: granted });
  return panel.createUser(`person-${people}`, role.builtIn as never);
}

/** Who of these hears each of the ways in which an event can be told. */
async function hearers(name: keyof ClientEvents, ownerId: string, clients: Record<string, TestClient>) {
  const { browsers } = panel.panel.core;
  const heard: Record<string, string[]> = {};
  const sockets = await Promise.all(
    Object.entries(clients).map(async ([who, { token }]) => {
      const socket = await TestSocket.connected(panel.url, token);
      socket.socket.on(name, ({ way }: { way: string }) => {
        heard[way] = [...(heard[way] ?? []), who];
      });
      return socket;
    }),
  );
  const ways: Record<string, (payload: never) => void> = {
    toServer: (payload) => browsers.toServer(ownerId, name, payload),
    toAll: (payload) => browsers.toAll(name, payload),
    toAllInTime: (payload) => browsers.toAllInTime(name, payload),
    toOwnerInTime: (payload) => browsers.toOwnerInTime(ownerId, name, payload),
  };
  for (const [way, tell] of Object.entries(ways)) {
    tell({ way } as never);
    // Whatever it answers comes after the event. What may be missed is only by those who are behind.
    const answered = (socket: TestSocket) => socket.call('console:unsubscribe', { serverId: uuid() });
    await Promise.allSettled(sockets.map(answered));
  }
  for (const socket of sockets) socket.close();
  for (const who of Object.values(heard)) who.sort();
  return heard;
}

const declared = Object.entries(clientEvents).map(([name, { permission }]) => ({
  name: name as keyof ClientEvents,
  permission: permission as Access,
}));
const isPermission = (access: Access): access is Permission => access in permissionCatalogue;

describe('the permission an event declares decides who hears it', () => {
  it.each(declared)('$name: $permission', async ({ name, permission }) => {
    const owner = await someoneWith();
    const clients = {
      administrator: panel.admin,
      holder: isPermission(permission) ? await someoneWith(permission) : await someoneWith(),
      owner,
      stranger: await someoneWith(...permissions.filter((one) => one !== permission)),
    };
    const heard = await hearers(name, owner.userId, clients);
    if (!isPermission(permission)) {
      expect(permission).toBe('signed-in');
      expect(heard.toAll).toEqual(['administrator', 'holder', 'owner', 'stranger']);
      return;
    }
    const isOfServers = permissionCatalogue[permission].scope === 'server';
    expect(heard).toEqual({
      toServer: ['administrator', 'holder', ...(isOfServers ? ['owner'] : [])],
      toAll: ['administrator', 'holder'],
      toAllInTime: ['administrator', 'holder'],
      ...(isOfServers && { toOwnerInTime: ['owner'] }),
    });
  });

  it('once, also by those who hold it for everything and own what it is about', async () => {
    const owner = await someoneWith('server.read');
    const heard = await hearers('resource_stats', owner.userId, { owner });
    expect(heard).toEqual({ toServer: ['owner'], toAll: ['owner'], toAllInTime: ['owner'] });
  });
});
