import type { NewServer, Server } from '@catalyst/shared/features/servers';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import type { z } from 'zod';
import { api } from '../../../api/client.ts';
import { sentenceOf } from '../../../api/errors.ts';
import { keys } from '../../../api/keys.ts';
import { randomKey } from '../../../api/random-key.ts';
import { putServer, type ServerPages } from '../../../api/server-cache.ts';
import { trackOperation } from '../../operations/local-operations.ts';
import { strings } from './strings.ts';

/** Creates a server once, also when the answer to the first request was lost and the same form is sent again. */
export function useCreateServer() {
  const queryClient = useQueryClient();
  const sent = useRef({ body: '', key: '' });
  return useMutation({
    mutationFn: (body: z.input<typeof NewServer>) => {
      const text = JSON.stringify(body);
      if (sent.current.body !== text) sent.current = { body: text, key: randomKey() };
      return api.servers.create({ body, idempotencyKey: sent.current.key });
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

/** Installs what a game needs on a node; listed among the background operations, as it takes minutes. */
export function useInstallPackages() {
  return useMutation({
    mutationFn: ({
      nodeId,
      nodeName,
      templateId,
    }: {
      nodeId: string;
      nodeName: string;
      templateId: string;
    }) =>
      trackOperation(
        {
          title: strings.packagesInstalling(nodeName),
          path: `/nodes/${nodeId}`,
          failure: sentenceOf,
        },
        api.nodes.installHostPackages({ params: { id: nodeId }, body: { templateId } }),
      ),
  });
}
