import type { NewNodeNetwork, NodeNetwork, NodeNetworkChanges } from '@catalyst/shared/features/networks';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { z } from 'zod';
import { api } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import { useMay } from '../sessions/use-session.ts';

/** The networks of a node beside those that every node has. Nothing for those who may not see nodes. */
export function useNodeNetworks(nodeId: string | undefined) {
  const mayRead = useMay('node.read');
  return useQuery({
    queryKey: keys.networks(nodeId ?? ''),
    queryFn: async ({ signal }): Promise<NodeNetwork[]> =>
      (await api.networks.list({ params: { id: nodeId ?? '' }, signal })).items,
    enabled: mayRead && nodeId !== undefined,
  });
}

export function useCreateNetwork(nodeId: string) {
  const refresh = useRefresh(nodeId);
  return useMutation({
    mutationFn: (body: z.input<typeof NewNodeNetwork>) =>
      api.networks.create({ params: { id: nodeId }, body }),
    onSuccess: refresh,
  });
}

export function useUpdateNetwork(nodeId: string, networkId: string) {
  const refresh = useRefresh(nodeId);
  return useMutation({
    mutationFn: (body: z.input<typeof NodeNetworkChanges>) =>
      api.networks.update({ params: { id: nodeId, networkId }, body }),
    onSuccess: refresh,
  });
}

export function useDeleteNetwork(nodeId: string) {
  const refresh = useRefresh(nodeId);
  return useMutation({
    mutationFn: (networkId: string) => api.networks.delete({ params: { id: nodeId, networkId } }),
    onSuccess: refresh,
  });
}

function useRefresh(nodeId: string) {
  const queryClient = useQueryClient();
  return () => queryClient.invalidateQueries({ queryKey: keys.networks(nodeId) });
}
