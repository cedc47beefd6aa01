import type { Permission } from '@catalyst/shared/contract/permissions';
import type { ServerInvite, Subuser } from '@catalyst/shared/features/subusers';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import { readAll } from '../people/read-all.ts';

export interface Offer {
  email?: string;
  permissions: Permission[];
}

/** Everybody with whom a server is shared. */
export function useSubusers(serverId: string, { enabled = true } = {}) {
  return useQuery({
    queryKey: keys.subusers(serverId),
    queryFn: ({ signal }) =>
      readAll<Subuser>((query) => api.subusers.list({ params: { id: serverId }, query, signal })),
    enabled,
  });
}

export function useServerInvites(serverId: string) {
  return useQuery({
    queryKey: keys.serverInvites(serverId),
    queryFn: ({ signal }) =>
      readAll<ServerInvite>((query) => api.subusers.invites({ params: { id: serverId }, query, signal })),
  });
}

function useChange<Input, Output>(serverId: string, mutationFn: (input: Input) => Promise<Output>) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn,
    onSettled: () => queryClient.invalidateQueries({ queryKey: keys.sharing(serverId) }),
  });
}

export const useInviteTo = (serverId: string) =>
  useChange(serverId, (body: Offer) => api.subusers.invite({ params: { id: serverId }, body }));

/** Links are told once, so a lost one is replaced. The old one ends when the new one is there. */
export const useRenewInvite = (serverId: string) =>
  useChange(serverId, async ({ id, email, permissions }: ServerInvite) => {
    const renewed = await api.subusers.invite({
      params: { id: serverId },
      body: { ...(email !== null && { email }), permissions: permissions as Permission[] },
    });
    await api.subusers.revokeInvite({ params: { id: serverId, inviteId: id } });
    return renewed;
  });

export const useRevokeInvite = (serverId: string) =>
  useChange(serverId, (inviteId: string) =>
    api.subusers.revokeInvite({ params: { id: serverId, inviteId } }),
  );

export const useUpdateSubuser = (serverId: string, userId: string) =>
  useChange(serverId, (permissions: Permission[]) =>
    api.subusers.update({ params: { id: serverId, userId }, body: { permissions } }),
  );

export const useRemoveSubuser = (serverId: string, userId: string) =>
  useChange(serverId, () => api.subusers.remove({ params: { id: serverId, userId } }));

export function useLeave(serverId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => api.subusers.leave({ params: { id: serverId } }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: keys.serverLists }),
  });
}

export function useTransferOwnership(serverId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (userId: string) =>
      api.subusers.transferOwnership({ params: { id: serverId }, body: { userId } }),
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: keys.users });
      void queryClient.invalidateQueries({ queryKey: keys.servers });
      return queryClient.invalidateQueries({ queryKey: keys.sharing(serverId) });
    },
  });
}
