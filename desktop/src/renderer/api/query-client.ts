import { AppError } from '@catalyst/shared/contract/errors';
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { keys } from './keys.ts';
import { sessionEnd } from './session-end.ts';

export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: endSessionOn401 }),
  mutationCache: new MutationCache({ onError: endSessionOn401 }),
  defaultOptions: {
    queries: {
      // What the socket announces is folded in, so nothing is stale while it is connected.
      staleTime: 60_000,
      refetchOnWindowFocus: false,
      networkMode: 'always',
      retry: (failures, error) => isPassing(error) && failures < 2,
      retryDelay: (failures) => Math.min(1000 * 2 ** failures, 8000),
    },
    mutations: { networkMode: 'always' },
  },
});

/** The gate in front of the pages sees that nobody is signed in and asks for it. */
function endSessionOn401(error: unknown): void {
  if (!(error instanceof AppError) || error.code !== 'unauthenticated') return;
  if (queryClient.getQueryData(keys.me)) sessionEnd.set('');
  queryClient.setQueryData(keys.me, null);
}

function isPassing(error: unknown): boolean {
  return error instanceof AppError && ['unavailable', 'timeout'].includes(error.code);
}
