import { listen } from '@catalyst/shared/contract/rpc';
import type { Page } from '@catalyst/shared/contract/values';
import type { Node } from '@catalyst/shared/features/nodes';
import { isUp } from '@catalyst/shared/features/server-states';
import type { Server } from '@catalyst/shared/features/servers';
import { clientEvents } from '@catalyst/shared/realtime';
import { type InfiniteData, type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { noteAccessEnd } from './access-end.ts';
import { noteAlert } from './alerts.ts';
import { api } from './client.ts';
import { hasCode } from './errors.ts';
import { keys, type ServerFilter } from './keys.ts';
import { dropServer, mapServer, putServer, type ServerPages, withState } from './server-cache.ts';
import { matchesFilter } from './server-filter.ts';
import { sessionEnd } from './session-end.ts';
import { closeSocket, connection, openSocket, socket } from './socket.ts';
import { statsHistory } from './stats-history.ts';

const caughtUpShownMs = 3000;

/** Follows the panel while someone is signed in, and folds what it announces into what was read. */
export function useLive(): void {
  const queryClient = useQueryClient();
  useEffect(() => {
    const stopListening = listen(socket, clientEvents, handlers(queryClient));
    const onConnect = () => void catchUp(queryClient);
    const onRefused = () => {
      // A transport that fails is retried by itself; a session that ended is noticed here.
      if (!socket.active) void queryClient.invalidateQueries({ queryKey: keys.me });
    };
    socket.on('connect', onConnect);
    socket.on('connect_error', onRefused);
    openSocket();
    return () => {
      stopListening();
      socket.off('connect', onConnect);
      socket.off('connect_error', onRefused);
      closeSocket();
    };
  }, [queryClient]);
}

function handlers(queryClient: QueryClient) {
  return {
    server_state_update: (update: Parameters<typeof withState>[1]) => {
      changeServer(queryClient, update.serverId, (server) => withState(server, update));
      if (!isUp(update.state)) statsHistory.forget(update.serverId);
      void queryClient.invalidateQueries({ queryKey: keys.transitions(update.serverId) });
    },
    server_update: ({ serverId, deleted }: { serverId: string; deleted: boolean }) => {
      if (deleted) forgetServer(queryClient, serverId);
      else void readAgain(queryClient, serverId);
      void queryClient.invalidateQueries({ queryKey: keys.sharing(serverId) });
    },
    resource_stats: ({ stats }: { stats: Parameters<typeof statsHistory.add>[0] }) => statsHistory.add(stats),
    installation_progress: ({
      serverId,
      ...installProgress
    }: {
      serverId: string;
    } & NonNullable<Server['installProgress']>) =>
      changeServer(queryClient, serverId, (server) => ({ ...server, installProgress })),
    alert: noteAlert,
    node_update: ({ node }: { node: Node }) => changeNode(queryClient, node),
    rights_changed: ({ serverId }: { serverId?: string }) => {
      // A role may show or hide anything.
      if (serverId === undefined) return void queryClient.invalidateQueries();
      void readAgain(queryClient, serverId);
      void queryClient.invalidateQueries({ queryKey: keys.sharing(serverId) });
    },
    revoked: ({ serverId, reason }: { serverId?: string; reason: string }) => {
      if (serverId) {
        // It may be only the console that ended; what is left is read again.
        noteAccessEnd(serverId, reason);
        return void readAgain(queryClient, serverId);
      }
      sessionEnd.set(reason);
      queryClient.setQueryData(keys.me, null);
    },
  };
}

/** After a cut, announcements were missed: everything on screen is read again, then it is said that all is current. */
async function catchUp(queryClient: QueryClient): Promise<void> {
  if (connection.get() !== 'reconnecting') return;
  await queryClient.invalidateQueries();
  if (connection.get() !== 'reconnecting' || !socket.connected) return;
  connection.set('caught-up');
  setTimeout(() => {
    if (connection.get() === 'caught-up') connection.set('online');
  }, caughtUpShownMs);
}

function changeServer(queryClient: QueryClient, id: string, change: (server: Server) => Server): void {
  queryClient.setQueryData<Server>(keys.server(id), (server) => server && change(server));
  queryClient.setQueriesData<ServerPages>({ queryKey: keys.serverLists }, (pages) =>
    mapServer(pages, id, change),
  );
}

function forgetServer(queryClient: QueryClient, id: string): void {
  statsHistory.forget(id);
  queryClient.setQueriesData<ServerPages>({ queryKey: keys.serverLists }, (pages) => dropServer(pages, id));
  void queryClient.invalidateQueries({ queryKey: keys.server(id) });
  void queryClient.invalidateQueries({ queryKey: keys.nodes });
}

/** Reads a server once for the page that shows it and for every list it belongs to. */
async function readAgain(queryClient: QueryClient, id: string): Promise<void> {
  try {
    const server = await api.servers.get({ params: { id } });
    queryClient.setQueryData(keys.server(id), server);
    for (const [queryKey, pages] of queryClient.getQueriesData<ServerPages>({ queryKey: keys.serverLists })) {
      const belongs = matchesFilter(server, (queryKey[2] ?? {}) as ServerFilter);
      queryClient.setQueryData(queryKey, belongs ? putServer(pages, server) : dropServer(pages, id));
    }
  } catch (error) {
    if (hasCode(error, 'not_found', 'forbidden')) forgetServer(queryClient, id);
    else void queryClient.invalidateQueries({ queryKey: keys.servers });
  }
}

function changeNode(queryClient: QueryClient, node: Node): void {
  queryClient.setQueryData(keys.node(node.id), node);
  queryClient.setQueryData<InfiniteData<Page<Node>>>(keys.nodes, (pages) => {
    if (!pages) return pages;
    const known = pages.pages.some((page) => page.items.some(({ id }) => id === node.id));
    if (!known) void queryClient.invalidateQueries({ queryKey: keys.nodes, exact: true });
    return {
      ...pages,
      pages: pages.pages.map((page) => ({
        ...page,
        items: page.items.map((item) => (item.id === node.id ? node : item)),
      })),
    };
  });
  const online = node.status === 'online';
  const markOnline = (server: Server): Server =>
    server.node.id === node.id && server.node.online !== online
      ? { ...server, node: { ...server.node, name: node.name, online } }
      : server;
  queryClient.setQueriesData<ServerPages>(
    { queryKey: keys.serverLists },
    (pages) =>
      pages && {
        ...pages,
        pages: pages.pages.map((page) => ({ ...page, items: page.items.map(markOnline) })),
      },
  );
  queryClient.setQueriesData<Server>(
    { queryKey: [...keys.servers, 'one'] },
    (server) => server && markOnline(server),
  );
}
