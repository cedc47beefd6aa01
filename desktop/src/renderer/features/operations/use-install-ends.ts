import { listen } from '@catalyst/shared/contract/rpc';
import type { Server } from '@catalyst/shared/features/servers';
import { clientEvents } from '@catalyst/shared/realtime';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { keys } from '../../api/keys.ts';
import type { ServerPages } from '../../api/server-cache.ts';
import { socket } from '../../api/socket.ts';
import { noteFinished } from './local-operations.ts';
import { strings } from './strings.ts';

/** Keeps how installations ended, since the servers themselves no longer tell of them. */
export function useInstallEnds(): void {
  const queryClient = useQueryClient();
  useEffect(() => {
    const nameOf = (id: string) =>
      queryClient
        .getQueriesData<ServerPages>({ queryKey: keys.serverLists })
        .flatMap(([, pages]) => pages?.pages.flatMap(({ items }) => items) ?? [])
        .find((server) => server.id === id)?.name ??
      queryClient.getQueryData<Server>(keys.server(id))?.name ??
      '';
    return listen(socket, clientEvents, {
      server_state_update: ({ serverId, state, previousState, reason, reasonText }) => {
        if (previousState !== 'installing' || state === 'installing') return;
        const hasFailed = state === 'error' || reason !== null;
        noteFinished({
          title: hasFailed ? strings.installFailed(nameOf(serverId)) : strings.installed(nameOf(serverId)),
          status: hasFailed ? 'failed' : 'succeeded',
          detail: hasFailed ? reasonText : null,
          path: `/servers/${serverId}`,
        });
      },
    });
  }, [queryClient]);
}
