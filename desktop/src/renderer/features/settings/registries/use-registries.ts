import type { NewRegistry, Registry, RegistryChanges } from '@catalyst/shared/features/registries';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { z } from 'zod';
import { api } from '../../../api/client.ts';
import { keys } from '../../../api/keys.ts';

/** All registries: there are few. */
export function useRegistries() {
  return useQuery({
    queryKey: keys.registries,
    queryFn: async ({ signal }) => {
      const registries: Registry[] = [];
      let cursor: string | undefined;
      for (;;) {
        const page = await api.registries.list({ query: { limit: 100, cursor }, signal });
        registries.push(...page.items);
        if (page.nextCursor === null) return registries;
        cursor = page.nextCursor;
      }
    },
  });
}

function useChange<Input, Output>(mutationFn: (input: Input) => Promise<Output>) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn,
    onSuccess: () => queryClient.invalidateQueries({ queryKey: keys.registries }),
  });
}

export const useCreateRegistry = () =>
  useChange((body: z.input<typeof NewRegistry>) => api.registries.create({ body }));

export const useUpdateRegistry = (id: string) =>
  useChange((body: z.input<typeof RegistryChanges>) => api.registries.update({ params: { id }, body }));

export const useDeleteRegistry = () => useChange((id: string) => api.registries.delete({ params: { id } }));
