import type { accountRoutes } from '@catalyst/shared/features/accounts';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { z } from 'zod';
import { api } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';

type Profile = z.input<typeof accountRoutes.updateProfile.schema.body>;

export function useUpdateProfile() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: Profile) => api.accounts.updateProfile({ body }),
    onSuccess: (user) => queryClient.setQueryData(keys.me, user),
  });
}

/** Answers the user, or only the address where a link was mailed to it first. */
export function useChangeEmail() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (email: string) => api.accounts.changeEmail({ body: { email } }),
    onSuccess: (answer) => {
      if ('id' in answer) queryClient.setQueryData(keys.me, answer);
    },
  });
}

type PasswordChange = z.input<typeof accountRoutes.changePassword.schema.body>;

export function useChangePassword() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: PasswordChange) => api.accounts.changePassword({ body }),
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: keys.factors });
      void queryClient.invalidateQueries({ queryKey: keys.sessions });
    },
  });
}
