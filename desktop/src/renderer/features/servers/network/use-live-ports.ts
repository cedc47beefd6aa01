import { isUp } from '@catalyst/shared/features/server-states';
import type { Server } from '@catalyst/shared/features/servers';
import { useQuery } from '@tanstack/react-query';
import { api } from '../../../api/client.ts';
import { keys } from '../../../api/keys.ts';

/** What listens at the ports of a server that is up; a node that cannot tell is no failure of the page. */
export function useLivePorts({ id, state, node }: Server) {
  const isEnabled = node.online && isUp(state);
  const { data } = useQuery({
    queryKey: keys.livePorts(id),
    queryFn: ({ signal }) => api.livePorts.list({ params: { id }, signal }),
    enabled: isEnabled,
    refetchInterval: 10_000,
    retry: false,
  });
  return isEnabled ? (data?.ports ?? []) : [];
}
