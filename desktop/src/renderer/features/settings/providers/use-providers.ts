import type { NewOidcProvider, OidcProvider, OidcProviderChanges } from '@catalyst/shared/features/oidc';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { z } from 'zod';
import { api } from '../../../api/client.ts';
import { keys } from '../../../api/keys.ts';
import { readAll } from '../../people/read-all.ts';

/** All providers: there are few. */
export function useProviders({ enabled = true } = {}) {
  return useQuery({
    queryKey: keys.providers,
    queryFn: ({ signal }) => readAll<OidcProvider>((query) => api.oidc.list({ query, signal })),
    enabled,
  });
}

function useProviderChange<Input, Output>(mutationFn: (input: Input) => Promise<Output>) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn,
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: keys.signInOptions });
      return queryClient.invalidateQueries({ queryKey: keys.providers });
    },
  });
}

export const useCreateProvider = () =>
  useProviderChange((body: z.input<typeof NewOidcProvider>) => api.oidc.create({ body }));

export const useUpdateProvider = (id: string) =>
  useProviderChange((body: z.input<typeof OidcProviderChanges>) => api.oidc.update({ params: { id }, body }));

export const useDeleteProvider = () => useProviderChange((id: string) => api.oidc.delete({ params: { id } }));

export const useTestProvider = (id: string) =>
  useMutation({ mutationFn: () => api.oidc.test({ params: { id } }) });
