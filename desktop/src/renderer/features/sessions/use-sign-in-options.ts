import { useQuery } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';

/** By what people sign in and register here. Signing in with a password waits for none of it. */
export function useSignInOptions() {
  return useQuery({
    queryKey: keys.signInOptions,
    queryFn: ({ signal }) => api.accounts.options({ signal }),
  });
}
