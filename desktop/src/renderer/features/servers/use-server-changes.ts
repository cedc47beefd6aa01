import type { Server, ServerChanges } from '@catalyst/shared/features/servers';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { z } from 'zod';
import { api } from '../../api/client.ts';
import { sentenceOf } from '../../api/errors.ts';
import { keys } from '../../api/keys.ts';
import { dropServer, mapServer, type ServerPages } from '../../api/server-cache.ts';
import { settingsStrings as strings } from './settings-strings.ts';

export function useUpdateServer(id: string) {
  return useMutation({
    mutationFn: (body: z.input<typeof ServerChanges>) => api.servers.update({ params: { id }, body }),
    onSuccess: useTakeOver(id),
  });
}

/** Of what the panel answered about a server. */
function useTakeOver(id: string) {
  const queryClient = useQueryClient();
  return (server: Server) => {
    queryClient.setQueryData(keys.server(id), server);
    queryClient.setQueriesData<ServerPages>({ queryKey: keys.serverLists }, (pages) =>
      mapServer(pages, id, () => server),
    );
    void queryClient.invalidateQueries({ queryKey: keys.serverLabels });
  };
}

export function useReinstall(id: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (data: 'keep' | 'wipe') => api.servers.reinstall({ params: { id }, query: { data } }),
    onSuccess: ({ state }) => {
      queryClient.setQueryData<Server>(keys.server(id), (server) => server && { ...server, state });
    },
  });
}

export function useSuspension(id: string) {
  const onSuccess = useTakeOver(id);
  const suspend = useMutation({
    mutationFn: (reason: string) => api.servers.suspend({ params: { id }, body: { reason } }),
    onSuccess,
  });
  const unsuspend = useMutation({
    mutationFn: () => api.servers.unsuspend({ params: { id } }),
    onSuccess,
    onError: (error) =>
      notifications.show({ color: 'red', title: strings.unsuspendFailed, message: sentenceOf(error) }),
  });
  return { suspend, unsuspend };
}

export function useResetCrashes(id: string) {
  return useMutation({
    mutationFn: () => api.servers.resetCrashCount({ params: { id } }),
    onError: (error) =>
      notifications.show({ color: 'red', title: strings.resetFailed, message: sentenceOf(error) }),
  });
}

export function useDeleteServer(id: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (data: 'wipe' | 'keep') => api.servers.delete({ params: { id }, query: { data } }),
    onSuccess: () => {
      queryClient.setQueriesData<ServerPages>({ queryKey: keys.serverLists }, (pages) =>
        dropServer(pages, id),
      );
      void queryClient.invalidateQueries({ queryKey: keys.nodes });
      void queryClient.invalidateQueries({ queryKey: ['kept'] });
    },
  });
}
