import type { AuditEntry } from '@catalyst/shared/features/audit';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { api } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import type { AuditQueryFilter } from './audit-filter.ts';

interface Page {
  items: AuditEntry[];
  nextCursor: string | null;
}
/** The filters of a server's own activity. */
export type ActivityFilter = Pick<AuditQueryFilter, 'action' | 'outcome' | 'userId' | 'from' | 'to'>;

export const useAuditLog = (filter: AuditQueryFilter) =>
  useEntries(keys.auditLog(filter), ({ query, signal }) =>
    api.audit.list({ query: { ...filter, ...query }, signal }),
  );

export const useServerActivity = (id: string, filter: ActivityFilter) =>
  useEntries(keys.activity(id, filter), ({ query, signal }) =>
    api.audit.activity({ params: { id }, query: { ...filter, ...query }, signal }),
  );

interface PageRequest {
  query: { limit: number; cursor?: string };
  signal: AbortSignal;
}

function useEntries(queryKey: readonly unknown[], read: (request: PageRequest) => Promise<Page>) {
  const list = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) => read({ query: { limit: 50, cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  });
  const entries = useMemo(() => list.data?.pages.flatMap(({ items }) => items), [list.data]);
  const { hasNextPage, isFetching, isError, fetchNextPage } = list;
  // A page may be empty although older ones are not: the panel answers before it has looked at everything.
  const isLooking = entries?.length === 0 && hasNextPage;
  useEffect(() => {
    if (isLooking && !isFetching && !isError) void fetchNextPage();
  }, [isLooking, isFetching, isError, fetchNextPage]);
  return { ...list, entries: isLooking ? undefined : entries };
}

export function useVerifyChain() {
  return useMutation({ mutationFn: () => api.audit.verify() });
}

export function useArchive({ enabled }: { enabled: boolean }) {
  return useQuery({
    queryKey: keys.auditArchive,
    queryFn: ({ signal }) => api.audit.archive({ signal }),
    enabled,
  });
}

export function useUpdateArchive() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (archiveAfterDays: number | null) => api.audit.updateArchive({ body: { archiveAfterDays } }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: keys.auditArchive }),
  });
}
