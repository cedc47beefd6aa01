import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '../../../api/client.ts';
import { keys } from '../../../api/keys.ts';

export function useKeptFiles(nodeId: string, isOnline: boolean) {
  return useQuery({
    queryKey: keys.kept(nodeId),
    queryFn: ({ signal }) => api.kept.list({ params: { id: nodeId }, signal }),
    enabled: isOnline,
  });
}

export function useWipeKept(nodeId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (serverId: string) => api.kept.wipe({ params: { id: nodeId, serverId } }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: keys.kept(nodeId) }),
  });
}
