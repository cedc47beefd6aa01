import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import { makePasskey } from '../sessions/passkey.ts';

/** By what this person can sign in. */
export function useFactors() {
  return useQuery({
    queryKey: keys.factors,
    queryFn: ({ signal }) => api.factors.get({ signal }),
  });
}

/** Each change of a way to sign in ends the other sessions. */
function useFactorChange<Output, Input = void>(mutationFn: (input: Input) => Promise<Output>) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn,
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: keys.sessions });
      return queryClient.invalidateQueries({ queryKey: keys.factors });
    },
  });
}

/** Nothing changes yet: the secret counts once a code of it was confirmed. */
export const useBeginTotp = () => useMutation({ mutationFn: () => api.factors.beginTotp() });

export const useConfirmTotp = () =>
  useFactorChange((code: string) => api.factors.confirmTotp({ body: { code } }));

export const useRemoveTotp = () => useFactorChange(() => api.factors.removeTotp());

export const useRenewRecoveryCodes = () => useFactorChange(() => api.factors.renewRecoveryCodes());

export const useAddPasskey = () =>
  useFactorChange(async (name: string) => {
    const { ceremony, options } = await api.factors.beginPasskey();
    return api.factors.addPasskey({ body: { ceremony, name, response: await makePasskey(options) } });
  });

export const useRenamePasskey = (id: string) =>
  useFactorChange((name: string) => api.factors.renamePasskey({ params: { id }, body: { name } }));

export const useRemovePasskey = () =>
  useFactorChange((id: string) => api.factors.removePasskey({ params: { id } }));

export const useUnlink = () => useFactorChange((id: string) => api.oidc.unlink({ params: { id } }));

/** Leaves for a provider's page and comes back with its account linked. */
export function useLink() {
  return useMutation({
    mutationFn: (id: string) => api.oidc.start({ params: { id }, body: { purpose: 'link' } }),
    onSuccess: ({ url }) => location.assign(url),
  });
}
