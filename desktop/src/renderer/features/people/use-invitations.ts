import type { Invitation } from '@catalyst/shared/features/accounts';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import { readAll } from './read-all.ts';

/** Invitations to the panel that nobody has used. */
export function useInvitations({ enabled = true } = {}) {
  return useQuery({
    queryKey: keys.invitations,
    queryFn: ({ signal }) => readAll<Invitation>((query) => api.accounts.invitations({ query, signal })),
    enabled,
  });
}

function useChange<Input, Output>(mutationFn: (input: Input) => Promise<Output>) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn,
    onSuccess: () => queryClient.invalidateQueries({ queryKey: keys.invitations }),
  });
}

export const useInvite = () =>
  useChange((body: { email?: string; roleId?: string }) => api.accounts.invite({ body }));

export const useWithdrawInvitation = () =>
  useChange((id: string) => api.accounts.withdrawInvitation({ params: { id } }));
