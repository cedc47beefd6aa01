import { useQuery } from '@tanstack/react-query';
import { api } from '../../../api/client.ts';
import { keys } from '../../../api/keys.ts';

/** What is wrong with a node; looked at when the page is opened or asked again. */
export function useDoctor(nodeId: string, isEnabled: boolean) {
  return useQuery({
    queryKey: keys.doctor(nodeId),
    queryFn: ({ signal }) => api.doctor.examine({ params: { id: nodeId }, signal }),
    enabled: isEnabled,
    staleTime: 60_000,
  });
}
