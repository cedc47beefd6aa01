import { AppError } from '@catalyst/shared/contract/errors';
import type { Reauthentication } from '@catalyst/shared/features/sessions';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { z } from 'zod';
import { api } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import { provePasskey } from './passkey.ts';
import { onProofElsewhere } from './proof-channel.ts';
import { strings } from './strings.ts';

/** By what this person can prove who he is. */
export function useProofMethods() {
  return useQuery({
    queryKey: keys.reauthentication,
    queryFn: ({ signal }) => api.sessions.reauthenticationState({ signal }),
    gcTime: 0,
    staleTime: 0,
  });
}

export function useProve(onProven: () => void) {
  return useMutation({
    mutationFn: async (proof: z.input<typeof Reauthentication> | 'passkey') =>
      api.sessions.reauthenticate({ body: proof === 'passkey' ? { passkey: await ownPasskey() } : proof }),
    onSuccess: onProven,
  });
}

async function ownPasskey() {
  const { ceremony, options } = await api.factors.askForPasskey({ body: { purpose: 'reauthenticate' } });
  return { ceremony, response: await provePasskey(options) };
}

/** Proves it at a provider, in a window of its own: what waits for the proof waits in this one. */
export function useProveElsewhere(onProven: () => void) {
  useEffect(() => onProofElsewhere(onProven), [onProven]);
  return useMutation({
    mutationFn: async (id: string) => {
      // Opened by the click itself, else browsers refuse it.
      const popup = window.open('', '_blank', 'popup,width=520,height=720');
      if (!popup) throw new AppError('bad_request', strings.proofPopup);
      try {
        const { url } = await api.oidc.start({ params: { id }, body: { purpose: 'reauthenticate' } });
        popup.location.href = url;
      } catch (error) {
        popup.close();
        throw error;
      }
    },
  });
}
