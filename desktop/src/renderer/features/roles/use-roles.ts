import type { NewRole, Role, RoleChanges } from '@catalyst/shared/features/roles';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { z } from 'zod';
import { api } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import { readAll } from '../people/read-all.ts';

/** All roles: there are few. */
export function useRoles({ enabled = true } = {}) {
  return useQuery({
    queryKey: keys.roles,
    queryFn: ({ signal }) => readAll<Role>((query) => api.roles.list({ query, signal })),
    enabled,
  });
}

/** What a role allows, those who have it may do at once; users show its name. */
function useChange<Input, Output>(mutationFn: (input: Input) => Promise<Output>) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn,
    onSuccess: async () => {
      void queryClient.invalidateQueries({ queryKey: keys.users });
      await queryClient.invalidateQueries({ queryKey: keys.roles });
    },
  });
}

export const useCreateRole = () => useChange((body: z.input<typeof NewRole>) => api.roles.create({ body }));

export const useUpdateRole = (id: string) =>
  useChange((body: z.input<typeof RoleChanges>) => api.roles.update({ params: { id }, body }));

export const useDeleteRole = () => useChange((id: string) => api.roles.delete({ params: { id } }));
