import type { Server } from '@catalyst/shared/features/servers';
import { type InfiniteData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { api } from '../../api/client.ts';
import { keys, type ServerFilter } from '../../api/keys.ts';
import type { ServerPages } from '../../api/server-cache.ts';
import { statsHistory } from '../../api/stats-history.ts';

/** Lists up to this long are loaded whole, page after page, so that they can be sorted and searched at once. */
const loadedWholeUpTo = 1000;
const pageSize = 100;

/** The servers the caller may see, page by page. */
export function useServerList(filter: ServerFilter = {}, { enabled = true } = {}) {
  const list = useInfiniteQuery({
    queryKey: keys.serverList(filter),
    queryFn: async ({ pageParam, signal }) => {
      const page = await api.servers.list({
        query: { limit: pageSize, cursor: pageParam, ...filter },
        signal,
      });
      statsHistory.add(page.items.flatMap(({ stats }) => stats ?? []));
      return page;
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    enabled,
  });
  const servers = useMemo(() => list.data?.pages.flatMap(({ items }) => items), [list.data]);
  const { hasNextPage, isFetching, isError, fetchNextPage } = list;
  const shouldLoadMore =
    hasNextPage && !isFetching && !isError && (servers?.length ?? 0) + pageSize <= loadedWholeUpTo;
  useEffect(() => {
    if (shouldLoadMore) void fetchNextPage();
  }, [shouldLoadMore, fetchNextPage]);
  /** Longer than what is loaded by itself. */
  const isTooLong = hasNextPage && !shouldLoadMore && (servers?.length ?? 0) + pageSize > loadedWholeUpTo;
  return { ...list, servers, isTooLong };
}

/** One server; what a list knows of it is shown until the answer is there. */
export function useServer(id: string) {
  const queryClient = useQueryClient();
  return useQuery({
    queryKey: keys.server(id),
    queryFn: async ({ signal }) => {
      const server = await api.servers.get({ params: { id }, signal });
      if (server.stats) statsHistory.add([server.stats]);
      return server;
    },
    initialData: () =>
      findInLists(queryClient.getQueriesData<ServerPages>({ queryKey: keys.serverLists }), id),
    initialDataUpdatedAt: 0,
  });
}

function findInLists(
  lists: [unknown, InfiniteData<{ items: Server[] }> | undefined][],
  id: string,
): Server | undefined {
  for (const [, pages] of lists) {
    for (const page of pages?.pages ?? []) {
      const found = page.items.find((server) => server.id === id);
      if (found) return found;
    }
  }
  return undefined;
}
