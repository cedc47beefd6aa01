import { useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '../../../api/client.ts';
import { keys } from '../../../api/keys.ts';

/** The machine's firewall as it is now; servers come and go meanwhile. */
export function useFirewall(nodeId: string, isEnabled: boolean) {
  return useQuery({
    queryKey: keys.firewall(nodeId),
    queryFn: ({ signal }) => api.firewall.get({ params: { id: nodeId }, signal }),
    enabled: isEnabled,
    refetchInterval: 15_000,
  });
}

export function useRefreshFirewall(nodeId: string) {
  const queryClient = useQueryClient();
  return () => queryClient.invalidateQueries({ queryKey: keys.firewall(nodeId) });
}
