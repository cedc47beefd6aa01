import type { NewSshKey } from '@catalyst/shared/features/sftp';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { z } from 'zod';
import { api } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';

/** By which this person comes in by SFTP. */
export function useSshKeys() {
  return useQuery({
    queryKey: keys.sshKeys,
    queryFn: ({ signal }) => api.sshKeys.list({ signal }),
    select: ({ items }) => items,
  });
}

function useSshKeyChange<Output, Input>(mutationFn: (input: Input) => Promise<Output>) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn,
    onSuccess: () => queryClient.invalidateQueries({ queryKey: keys.sshKeys }),
  });
}

export const useAddSshKey = () =>
  useSshKeyChange((body: z.input<typeof NewSshKey>) => api.sshKeys.add({ body }));

export const useRemoveSshKey = () => useSshKeyChange((id: string) => api.sshKeys.remove({ params: { id } }));
