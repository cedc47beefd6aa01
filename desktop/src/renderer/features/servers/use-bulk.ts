import type { Server } from '@catalyst/shared/features/servers';
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import { sentenceOf } from '../../api/errors.ts';
import { keys } from '../../api/keys.ts';
import { dropServer, mapServer, type ServerPages } from '../../api/server-cache.ts';
import type { BulkAction } from './bulk-actions.ts';
import { showState } from './use-power.ts';

/** How many requests of a bulk action are under way at once. */
const bulkWidth = 6;

/** What is to be done, with what was asked for it. */
export interface BulkOrder {
  action: BulkAction;
  servers: readonly Server[];
  /** The reason, the tag or the group. */
  text?: string;
  /** Of a deletion: the files stay. */
  isKept?: boolean;
}

export interface BulkResult {
  action: BulkAction;
  done: number;
  refused: { id: string; name: string; sentence: string }[];
}

interface BulkProgress {
  action: BulkAction;
  ended: number;
  total: number;
}

/** The same on many servers; one refusal does not stop the others. */
export function useBulk() {
  const queryClient = useQueryClient();
  const [progress, setProgress] = useState<BulkProgress>();
  const run = async (order: BulkOrder): Promise<BulkResult> => {
    const { action } = order;
    const total = order.servers.length;
    const result: BulkResult = { action, done: 0, refused: [] };
    const waiting = [...order.servers];
    setProgress({ action, ended: 0, total });
    const work = async () => {
      for (let server = waiting.shift(); server; server = waiting.shift()) {
        try {
          await doOn(server, order, queryClient);
          result.done += 1;
        } catch (error) {
          result.refused.push({ id: server.id, name: server.name, sentence: sentenceOf(error) });
        }
        setProgress({ action, ended: result.done + result.refused.length, total });
      }
    };
    await Promise.all(Array.from({ length: bulkWidth }, work));
    setProgress(undefined);
    return result;
  };
  return { progress, run };
}

async function doOn(server: Server, { action, text = '', isKept }: BulkOrder, queryClient: QueryClient) {
  const params = { id: server.id };
  switch (action) {
    case 'suspend':
      return takeOver(queryClient, await api.servers.suspend({ params, body: { reason: text } }));
    case 'unsuspend':
      return takeOver(queryClient, await api.servers.unsuspend({ params }));
    case 'tag': {
      // As they are now: somebody else may have added some since the list was read.
      const { tags } = await api.servers.get({ params });
      if (tags.includes(text)) return;
      return takeOver(queryClient, await api.servers.update({ params, body: { tags: [...tags, text] } }));
    }
    case 'group':
      return takeOver(queryClient, await api.servers.update({ params, body: { group: text || null } }));
    case 'delete':
      await api.servers.delete({ params, query: { data: isKept ? 'keep' : 'wipe' } });
      queryClient.setQueriesData<ServerPages>({ queryKey: keys.serverLists }, (pages) =>
        dropServer(pages, server.id),
      );
      return;
    default: {
      const { state } = await api.servers[action]({ params });
      showState(queryClient, server.id, state);
    }
  }
}

function takeOver(queryClient: QueryClient, server: Server): void {
  queryClient.setQueryData(keys.server(server.id), server);
  queryClient.setQueriesData<ServerPages>({ queryKey: keys.serverLists }, (pages) =>
    mapServer(pages, server.id, () => server),
  );
}
