import type { IpPool, IpPoolChanges, NewIpPool } from '@catalyst/shared/features/ip-pools';
import type { NewPortPools, PortPool, PortPoolChanges } from '@catalyst/shared/features/port-pools';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { z } from 'zod';
import { api } from '../../../api/client.ts';
import { keys } from '../../../api/keys.ts';
import { useMay } from '../../sessions/use-session.ts';

/** The pools of ports of a node. Nothing for those who may not see nodes. */
export function usePortPools(nodeId: string | undefined) {
  const mayRead = useMay('node.read');
  return useQuery({
    queryKey: keys.portPools(nodeId ?? ''),
    queryFn: async ({ signal }): Promise<PortPool[]> =>
      (await api.portPools.list({ params: { id: nodeId ?? '' }, signal })).items,
    enabled: mayRead && nodeId !== undefined,
  });
}

/** The ports that servers of the node have, page after page. */
export function usePortAllocations(nodeId: string) {
  return useInfiniteQuery({
    queryKey: keys.allocations(nodeId),
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      api.portPools.allocations({
        params: { id: nodeId },
        query: { limit: 50, ...(pageParam !== undefined && { cursor: pageParam }) },
        signal,
      }),
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  });
}

export function useSavePortPool(nodeId: string, poolId?: string) {
  const refresh = useRefresh(nodeId);
  return useMutation({
    mutationFn: async (body: z.input<typeof NewPortPools> & z.input<typeof PortPoolChanges>) => {
      const { ips, ip, ...rest } = body;
      if (poolId === undefined) {
        return api.portPools.create({ params: { id: nodeId }, body: { ...rest, ...(ips && { ips }) } });
      }
      return api.portPools.update({ params: { id: nodeId, poolId }, body: { ...rest, ...(ip && { ip }) } });
    },
    onSuccess: refresh,
  });
}

export function useDeletePortPool(nodeId: string) {
  const refresh = useRefresh(nodeId);
  return useMutation({
    mutationFn: (poolId: string) => api.portPools.delete({ params: { id: nodeId, poolId } }),
    onSuccess: refresh,
  });
}

export function useIpPools(nodeId: string) {
  return useQuery({
    queryKey: keys.ipPools(nodeId),
    queryFn: async ({ signal }): Promise<IpPool[]> =>
      (await api.ipPools.list({ query: { nodeId }, signal })).items,
  });
}

export function useCreateIpPool(nodeId: string) {
  const refresh = useRefresh(nodeId);
  return useMutation({
    mutationFn: (body: z.input<typeof NewIpPool>) => api.ipPools.create({ body }),
    onSuccess: refresh,
  });
}

export function useUpdateIpPool(nodeId: string, id: string) {
  const refresh = useRefresh(nodeId);
  return useMutation({
    mutationFn: (body: z.input<typeof IpPoolChanges>) => api.ipPools.update({ params: { id }, body }),
    onSuccess: refresh,
  });
}

export function useDeleteIpPool(nodeId: string) {
  const refresh = useRefresh(nodeId);
  return useMutation({
    mutationFn: (id: string) => api.ipPools.delete({ params: { id } }),
    onSuccess: refresh,
  });
}

/** Pools show in one another's counts, and in what networks say of themselves. */
function useRefresh(nodeId: string) {
  const queryClient = useQueryClient();
  return () =>
    Promise.all(
      [keys.portPools(nodeId), keys.allocations(nodeId), keys.ipPools(nodeId), keys.networks(nodeId)].map(
        (queryKey) => queryClient.invalidateQueries({ queryKey }),
      ),
    );
}
