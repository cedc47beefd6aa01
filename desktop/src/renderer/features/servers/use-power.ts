import type { PowerAction, ServerState } from '@catalyst/shared/features/server-states';
import type { Server } from '@catalyst/shared/features/servers';
import { notifications } from '@mantine/notifications';
import { type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import { sentenceOf } from '../../api/errors.ts';
import { keys } from '../../api/keys.ts';
import { mapServer, type ServerPages } from '../../api/server-cache.ts';
import { strings } from './strings.ts';

interface PowerOrder {
  server: Pick<Server, 'id' | 'name'>;
  action: PowerAction;
}

/** A power action on one server; a refusal is told at once. */
export function usePower() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ server, action }: PowerOrder) => api.servers[action]({ params: { id: server.id } }),
    onSuccess: ({ state }, { server }) => showState(queryClient, server.id, state),
    onError: (error, { server, action }) =>
      notifications.show({
        color: 'red',
        title: strings.powerFailed(strings.power[action], server.name),
        message: sentenceOf(error),
      }),
  });
}

/** The panel's answer is shown without waiting for its announcement, which may already have said more. */
export function showState(queryClient: QueryClient, id: string, state: ServerState): void {
  const now = new Date();
  const change = (server: Server): Server =>
    server.state === state || server.stateChangedAt > now ? server : { ...server, state };
  queryClient.setQueryData<Server>(keys.server(id), (server) => server && change(server));
  queryClient.setQueriesData<ServerPages>({ queryKey: keys.serverLists }, (pages) =>
    mapServer(pages, id, change),
  );
}
