import { type Permission, permissionCatalogue } from '@catalyst/shared/contract/permissions';
import type { User } from '@catalyst/shared/features/users';
import { type QueryClient, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import { hasCode } from '../../api/errors.ts';
import { keys } from '../../api/keys.ts';
import { sessionEnd } from '../../api/session-end.ts';
import { statsHistory } from '../../api/stats-history.ts';
import { forgetCommands } from '../console/kept-history.ts';

const retryUnreachableMs = 3000;

/** Who is signed in; null when nobody is. While the panel cannot be reached it asks again by itself. */
export function useMe() {
  return useQuery<User | null>({
    queryKey: keys.me,
    queryFn: async ({ signal }) => {
      try {
        return await api.sessions.me({ signal });
      } catch (error) {
        if (hasCode(error, 'unauthenticated')) return null;
        throw error;
      }
    },
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    refetchInterval: ({ state }) => (state.status === 'error' ? retryUnreachableMs : false),
  });
}

/** The signed-in person, for pages behind the gate. */
export function useUser(): User {
  const { data } = useMe();
  if (!data) throw new Error('A page that needs a user was shown without one');
  return data;
}

/** Whether the role allows something anywhere; what one server allows is in that server's `permissions`. */
export function useMay(permission: Permission): boolean {
  const { permissions, nodeIds } = useUser();
  // On a role that is limited to nodes, rights on the whole panel count for nothing.
  if (nodeIds !== null && permissionCatalogue[permission].scope === 'global') return false;
  return permissions.includes('*') || permissions.includes(permission);
}

/** Begins a session in this window; the cookie came with the answer, and the token is for programs only. */
export function useBeginSession(): (user: User) => void {
  const queryClient = useQueryClient();
  return (user) => {
    forgetOthers(queryClient);
    sessionEnd.set(null);
    queryClient.setQueryData(keys.me, user);
  };
}

export function useSignOut() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => api.sessions.logout(),
    onSuccess: () => {
      queryClient.setQueryData(keys.me, null);
      forgetOthers(queryClient);
    },
  });
}

/** Nothing that one person saw or typed is there for the next. */
function forgetOthers(queryClient: QueryClient): void {
  statsHistory.clear();
  forgetCommands();
  const kept: unknown[] = [keys.me[0], keys.setup[0]];
  queryClient.removeQueries({ predicate: ({ queryKey }) => !kept.includes(queryKey[0]) });
}
