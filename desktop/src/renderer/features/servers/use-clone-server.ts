import type { Server, ServerClone } from '@catalyst/shared/features/servers';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import type { z } from 'zod';
import { api } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import { randomKey } from '../../api/random-key.ts';
import { putServer, type ServerPages } from '../../api/server-cache.ts';

/** Clones once, also when the answer to the first request was lost and the same is asked again. */
export function useCloneServer(id: string) {
  const queryClient = useQueryClient();
  const sent = useRef({ body: '', key: '' });
  return useMutation({
    mutationFn: (body: z.input<typeof ServerClone>) => {
      const text = JSON.stringify(body);
      if (sent.current.body !== text) sent.current = { body: text, key: randomKey() };
      return api.servers.clone({ params: { id }, body, idempotencyKey: sent.current.key });
    },
    onSuccess: (server: Server) => {
      queryClient.setQueryData(keys.server(server.id), server);
      queryClient.setQueryData<ServerPages>(keys.serverList({}), (pages) => putServer(pages, server));
      void queryClient.invalidateQueries({ queryKey: keys.nodes });
    },
    // A refused request is answered the same again under its key; the next attempt is a new one.
    onError: (error) => {
      if (!('status' in error) || (error.status as number) < 500) sent.current = { body: '', key: '' };
    },
  });
}
