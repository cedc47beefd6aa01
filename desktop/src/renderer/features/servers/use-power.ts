import type { PowerAction, ServerState } from '@catalyst/shared/features/server-states';
import type { Server } from '@catalyst/shared/features/servers';
import { notifications } from '@mantine/notifications';
import { type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import { sentenceOf } from '../../api/errors.ts';
import { keys } from '../../api/keys.ts';
import { mapServer, type ServerPages } from '../../api/server-cache.ts';
import { strings } from './strings.ts';

/** How many requests of a bulk action are under way at once. */
const bulkWidth = 6;

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

export interface BulkResult {
  done: number;
  refused: { name: string; sentence: string }[];
}

/** The same action on many servers; one refusal does not stop the others. */
export function useBulkPower() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async ({ servers, action }: { servers: Server[]; action: PowerAction }) => {
      const result: BulkResult = { done: 0, refused: [] };
      const waiting = [...servers];
      const work = async () => {
        for (let server = waiting.shift(); server; server = waiting.shift()) {
          try {
            const { state } = await api.servers[action]({ params: { id: server.id } });
            showState(queryClient, server.id, state);
            result.done += 1;
          } catch (error) {
            result.refused.push({ name: server.name, sentence: sentenceOf(error) });
          }
        }
      };
      await Promise.all(Array.from({ length: bulkWidth }, work));
      return result;
    },
  });
}

/** The panel's answer is shown without waiting for its announcement, which may already have said more. */
function showState(queryClient: QueryClient, id: string, state: ServerState): void {
  const now = new Date();
  const change = (server: Server): Server =>
    server.state === state || server.stateChangedAt > now ? server : { ...server, state };
  queryClient.setQueryData<Server>(keys.server(id), (server) => server && change(server));
  queryClient.setQueriesData<ServerPages>({ queryKey: keys.serverLists }, (pages) =>
    mapServer(pages, id, change),
  );
}
