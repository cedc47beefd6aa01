import type { Session } from '@catalyst/shared/features/sessions';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import { readAll } from '../people/read-all.ts';

/** Where this person is signed in: never many places. Others come and go unannounced, so it is read each time. */
export function useSessions() {
  return useQuery({
    queryKey: keys.sessions,
    queryFn: ({ signal }) => readAll<Session>((query) => api.sessions.list({ query, signal })),
    staleTime: 0,
  });
}

function useSessionChange<Output, Input = void>(mutationFn: (input: Input) => Promise<Output>) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn,
    // Also when it failed: the session may be gone already.
    onSettled: () => queryClient.invalidateQueries({ queryKey: keys.sessions }),
  });
}

export const useEndSession = () => useSessionChange((id: string) => api.sessions.end({ params: { id } }));

export const useEndOtherSessions = () => useSessionChange(() => api.sessions.endOthers());
