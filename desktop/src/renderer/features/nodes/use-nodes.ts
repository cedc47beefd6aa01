import type { NewNode, Node, NodeChanges } from '@catalyst/shared/features/nodes';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import type { z } from 'zod';
import { api } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import { useMay } from '../sessions/use-session.ts';

/** All nodes; there are few enough to load every page at once. Nothing for those who may not see them. */
export function useNodes() {
  const mayRead = useMay('node.read');
  const list = useInfiniteQuery({
    queryKey: keys.nodes,
    queryFn: ({ pageParam, signal }) => api.nodes.list({ query: { limit: 100, cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    enabled: mayRead,
  });
  const { hasNextPage, isFetching, isError, fetchNextPage } = list;
  useEffect(() => {
    if (hasNextPage && !isFetching && !isError) void fetchNextPage();
  }, [hasNextPage, isFetching, isError, fetchNextPage]);
  const nodes = useMemo(() => list.data?.pages.flatMap(({ items }) => items), [list.data]);
  return { ...list, nodes };
}

export function useNode(id: string) {
  const { nodes } = useNodes();
  return useQuery({
    queryKey: keys.node(id),
    queryFn: ({ signal }) => api.nodes.get({ params: { id }, signal }),
    initialData: () => nodes?.find((node) => node.id === id),
    initialDataUpdatedAt: 0,
  });
}

export function useCreateNode() {
  const refresh = useRefreshNodes();
  return useMutation({
    mutationFn: (body: z.input<typeof NewNode>) => api.nodes.create({ body }),
    onSuccess: refresh,
  });
}

export function useUpdateNode(id: string) {
  const refresh = useRefreshNodes();
  return useMutation({
    mutationFn: (body: z.input<typeof NodeChanges>) => api.nodes.update({ params: { id }, body }),
    onSuccess: refresh,
  });
}

export function useDeleteNode(id: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => api.nodes.delete({ params: { id } }),
    onSuccess: () => {
      queryClient.removeQueries({ queryKey: keys.node(id) });
      return queryClient.invalidateQueries({ queryKey: keys.nodes, exact: true });
    },
  });
}

export function useDeploymentToken(id: string) {
  return useMutation({ mutationFn: () => api.nodes.deploymentToken({ params: { id } }) });
}

function useRefreshNodes() {
  const queryClient = useQueryClient();
  return (node: Node) => {
    queryClient.setQueryData(keys.node(node.id), node);
    return queryClient.invalidateQueries({ queryKey: keys.nodes, exact: true });
  };
}
