import type { ApiKey, ApiKeyChanges, NewApiKey } from '@catalyst/shared/features/api-keys';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { z } from 'zod';
import { api } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import { readAll } from '../people/read-all.ts';

/** Whose keys are looked at: one's own, by rights of one's own; or everyone's, by those of an administrator. */
export type KeyPlace = 'own' | 'everyones';

const routesOf = { own: api.apiKeys, everyones: api.adminApiKeys };

/** A person's own keys: there are few. */
export function useOwnKeys() {
  return useQuery({
    queryKey: keys.ownApiKeys,
    queryFn: ({ signal }) => readAll<ApiKey>((query) => api.apiKeys.list({ query, signal })),
  });
}

export function useEveryonesKeys({ userId, enabled = true }: { userId?: string; enabled?: boolean }) {
  const list = useInfiniteQuery({
    queryKey: keys.everyonesApiKeys(userId),
    queryFn: ({ pageParam, signal }) =>
      api.adminApiKeys.list({ query: { limit: 50, cursor: pageParam, userId }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    enabled,
  });
  const found = useMemo(() => list.data?.pages.flatMap(({ items }) => items), [list.data]);
  return { ...list, keys: found };
}

function useChange<Input, Output>(mutationFn: (input: Input) => Promise<Output>) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn,
    onSuccess: () => queryClient.invalidateQueries({ queryKey: keys.apiKeys }),
  });
}

export const useCreateKey = () =>
  useChange((body: z.input<typeof NewApiKey>) => api.apiKeys.create({ body }));

export const useUpdateKey = (id: string, place: KeyPlace) =>
  useChange((body: z.input<typeof ApiKeyChanges>) => routesOf[place].update({ params: { id }, body }));

export const useRevokeKey = (place: KeyPlace) =>
  useChange((id: string) => routesOf[place].revoke({ params: { id } }));
