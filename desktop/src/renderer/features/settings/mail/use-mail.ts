import type { NewMailSettings, OutgoingMail } from '@catalyst/shared/features/mail';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { z } from 'zod';
import { api } from '../../../api/client.ts';
import { keys } from '../../../api/keys.ts';
import { useMay } from '../../sessions/use-session.ts';

/** Nobody announces that a mail went out, so whoever looks at them reads them again. */
const refreshMs = 10_000;

/** How mail is sent, and how much waits; for those who may read settings. */
export function useMail() {
  return useQuery({
    queryKey: [...keys.mail, 'state'],
    queryFn: ({ signal }) => api.mail.get({ signal }),
    enabled: useMay('settings.read'),
    refetchInterval: refreshMs,
  });
}

export function useOutbox() {
  return useInfiniteQuery({
    queryKey: keys.outbox,
    queryFn: ({ pageParam, signal }) =>
      api.mail.outbox({ query: { limit: 25, cursor: pageParam ?? undefined }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
    refetchInterval: refreshMs,
  });
}

function useMailChange<Output, Input = void>(mutationFn: (input: Input) => Promise<Output>) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn,
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: keys.signInOptions });
      return queryClient.invalidateQueries({ queryKey: keys.mail });
    },
  });
}

export const useSetMail = () =>
  useMailChange((body: z.input<typeof NewMailSettings>) => api.mail.set({ body }));

export const useRemoveMail = () => useMailChange(() => api.mail.remove());

export const useTestMail = () => useMailChange((to: string) => api.mail.test({ body: { to } }));

export const useRetryMail = () =>
  useMailChange((id: string): Promise<OutgoingMail> => api.mail.retry({ params: { id } }));
