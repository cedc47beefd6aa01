import {
  type Access,
  type Permission,
  permissionCatalogue,
  permissions,
} from '@catalyst/shared/contract/permissions';
import { clientEvents } from '@catalyst/shared/realtime';
import { v7 as uuid } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestClient, type TestPanel, testPanel } from '../testing/test-panel.ts';
import { roleWith } from '../testing/test-people.ts';
import { TestSocket } from '../testing/test-socket.ts';
import type { ClientEvents } from './event-rooms.ts';

let panel: TestPanel;
beforeAll(async () => {
  panel = await testPanel();
});
afterAll(() => panel.close());

const nodeId = uuid();
const otherNodeId = uuid();

async function someoneWith(permissions: Permission[], nodeIds: string[] | null = null): Promise<TestClient> {
  return panel.createUser(`person-${uuid().slice(-12)}`, await roleWith(panel, permissions, nodeIds));
}

/** Who of these hears each of the ways in which an event can be told. */
async function hearers(name: keyof ClientEvents, ownerId: string, clients: Record<string, TestClient>) {
  const { browsers, serverIndex } = panel.panel.core;
  const server = { id: uuid(), nodeId, ownerId };
  serverIndex.add({ ...server, name: 'a server', suspendedAt: null });
  if (clients.subuser) {
    const declared = clientEvents[name].permission as Permission;
    const permissions = isOfServers(declared) ? ['server.read', declared] : [];
    serverIndex.share({ serverId: server.id, userId: clients.subuser.userId, permissions });
  }
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
    toServer: (payload) => browsers.toServer(server, name, payload),
    toNode: (payload) => browsers.toNode(nodeId, name, payload),
    toAll: (payload) => browsers.toAll(name, payload),
    toServersInTime: (payload) =>
      browsers.toServersInTime(name, [{ server, item: payload }], ([item]) => item as never),
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
const isOfServers = (access: Access) =>
  isPermission(access) && permissionCatalogue[access].scope === 'server';

describe('the permission an event declares decides who hears it', () => {
  it.each(declared)('$name: $permission', async ({ name, permission }) => {
    const owner = await someoneWith([]);
    const holding = isPermission(permission) ? [permission] : [];
    const clients = {
      administrator: panel.admin,
      holder: await someoneWith(holding),
      here: await someoneWith(holding, [nodeId]),
      elsewhere: await someoneWith(holding, [otherNodeId]),
      owner,
      subuser: await someoneWith([]),
      stranger: await someoneWith(
        permissions.filter((one) => one !== permission && !one.startsWith('admin.')),
      ),
    };
    const heard = await hearers(name, owner.userId, clients);
    if (!isPermission(permission)) {
      expect(permission).toBe('signed-in');
      expect(heard.toAll).toEqual(Object.keys(clients).sort());
      return;
    }
    const onServer = isOfServers(permission) ? ['owner', 'subuser'] : [];
    expect(heard).toEqual({
      toServer: ['administrator', 'here', 'holder', ...onServer],
      toNode: ['administrator', 'here', 'holder'],
      toAll: ['administrator', 'holder'],
      toServersInTime: ['administrator', 'here', 'holder', ...onServer],
    });
  });

  it('once, also by those who hold it in more than one way', async () => {
    const owner = await someoneWith(['server.read']);
    expect((await hearers('resource_stats', owner.userId, { owner })).toServersInTime).toEqual(['owner']);
    const here = await someoneWith(['server.read'], [nodeId]);
    const heard = await hearers('resource_stats', here.userId, { here });
    expect(heard).toEqual({ toServer: ['here'], toNode: ['here'], toServersInTime: ['here'] });
  });
});
