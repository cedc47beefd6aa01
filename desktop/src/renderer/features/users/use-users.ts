import type { ManagedUser, NewUser, UserChanges } from '@catalyst/shared/features/users';
import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { useMemo } from 'react';
import type { z } from 'zod';
import { api } from '../../api/client.ts';
import { sentenceOf } from '../../api/errors.ts';
import { keys, type UserFilter } from '../../api/keys.ts';
import { useMay } from '../sessions/use-session.ts';

/** Users that match, newest first, page by page. Nothing for those who may not see them. */
export function useUsers(filter: UserFilter = {}, { enabled = true } = {}) {
  const mayRead = useMay('user.read');
  const list = useInfiniteQuery({
    queryKey: keys.userList(filter),
    queryFn: ({ pageParam, signal }) =>
      api.users.list({ query: { limit: 50, cursor: pageParam, ...filter }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    enabled: mayRead && enabled,
    placeholderData: keepPreviousData,
  });
  const users = useMemo(() => list.data?.pages.flatMap(({ items }) => items), [list.data]);
  return { ...list, users };
}

export function useUserById(id: string, { enabled = true } = {}) {
  return useQuery({
    queryKey: keys.user(id),
    queryFn: ({ signal }) => api.users.get({ params: { id }, signal }),
    enabled,
  });
}

function useRefreshUsers(): () => Promise<void> {
  const queryClient = useQueryClient();
  return async () => {
    // How many have a role, and who owns what, may have changed with it.
    void queryClient.invalidateQueries({ queryKey: keys.roles });
    await queryClient.invalidateQueries({ queryKey: keys.users });
  };
}

function useChange<Input, Output>(mutationFn: (input: Input) => Promise<Output>) {
  const refresh = useRefreshUsers();
  return useMutation({ mutationFn, onSuccess: refresh });
}

export const useCreateUser = () => useChange((body: z.input<typeof NewUser>) => api.users.create({ body }));

export const useUpdateUser = (id: string) =>
  useChange((body: z.input<typeof UserChanges>) => api.users.update({ params: { id }, body }));

export const useSetPassword = (id: string) =>
  useChange((body: { password: string; mustChangePassword: boolean }) =>
    api.users.setPassword({ params: { id }, body }),
  );

export const useMakeResetLink = (id: string) =>
  useMutation({ mutationFn: () => api.accounts.makeResetLink({ params: { id } }) });

export const useSignOutUser = (id: string) => useChange(() => api.users.signOut({ params: { id } }));

export function useDeleteUser(id: string) {
  const refresh = useRefreshUsers();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (transferServersTo: string | undefined) =>
      api.users.delete({ params: { id }, query: { transferServersTo } }),
    onSuccess: async () => {
      void queryClient.invalidateQueries({ queryKey: keys.servers });
      queryClient.removeQueries({ queryKey: keys.user(id) });
      await refresh();
    },
  });
}

export interface BulkResult {
  done: number;
  refused: { name: string; sentence: string }[];
}

/** Locks users out or lets them in again, one after the other; what is refused is told with its reason. */
export function useSetLockedOut() {
  const refresh = useRefreshUsers();
  return useMutation({
    mutationFn: async ({ users, lockOut }: { users: readonly ManagedUser[]; lockOut: boolean }) => {
      const result: BulkResult = { done: 0, refused: [] };
      for (const { id, name } of users) {
        try {
          await (lockOut ? api.users.disable({ params: { id } }) : api.users.enable({ params: { id } }));
          result.done += 1;
        } catch (error) {
          result.refused.push({ name, sentence: sentenceOf(error) });
        }
      }
      return result;
    },
    onSettled: refresh,
  });
}
