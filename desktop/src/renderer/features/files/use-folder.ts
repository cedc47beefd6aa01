import type { FileEntry } from '@catalyst/shared/features/files';
import { type QueryClient, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { api } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import { type FilePath, pathFields, pathKey } from './file-path.ts';

const pageSize = 1000;

interface FolderOptions {
  /** All pages at once, as what is shown needs every entry; else one by one, by `loadMore`. */
  isWhole: boolean;
  isEnabled: boolean;
}

/** What is in a folder. A game writes without telling anybody, so it is read anew whenever it is come back to. */
export function useFolder(serverId: string, path: FilePath, { isWhole, isEnabled }: FolderOptions) {
  const list = useInfiniteQuery({
    queryKey: keys.folder(serverId, pathKey(path)),
    queryFn: ({ pageParam, signal }) =>
      api.files.list({
        params: { id: serverId },
        query: { ...pathFields(path), limit: pageSize, cursor: pageParam },
        signal,
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    staleTime: 2000,
    enabled: isEnabled,
  });
  const { hasNextPage, isFetching, isFetchNextPageError, fetchNextPage } = list;
  const mayLoad = hasNextPage && !isFetching && !isFetchNextPageError;
  useEffect(() => {
    if (isWhole && mayLoad) void fetchNextPage();
  }, [isWhole, mayLoad, fetchNextPage]);
  const entries = useMemo(
    () => list.data?.pages.flatMap(({ items }): readonly FileEntry[] => items),
    [list.data],
  );
  const loadMore = () => {
    if (mayLoad) void fetchNextPage();
  };
  return { ...list, entries, loadMore };
}

/** Reads folders anew after something was changed in them. */
export async function refreshFolders(
  queryClient: QueryClient,
  serverId: string,
  folders: readonly FilePath[],
): Promise<void> {
  await Promise.all(
    [...new Set(folders.map(pathKey))].map((key) =>
      queryClient.invalidateQueries({ queryKey: keys.folder(serverId, key), exact: true }),
    ),
  );
}

export function useRefreshFolders(serverId: string) {
  const queryClient = useQueryClient();
  return (...folders: FilePath[]) => refreshFolders(queryClient, serverId, folders);
}
