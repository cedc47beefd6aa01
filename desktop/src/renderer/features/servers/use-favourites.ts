import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { api } from '../../api/client.ts';
import { sentenceOf } from '../../api/errors.ts';
import { keys } from '../../api/keys.ts';
import { strings } from './strings.ts';

export interface Favourites {
  has(id: string): boolean;
  toggle(id: string): void;
}

interface Kept {
  serverIds: string[];
}

/** The servers a person keeps at hand. A star changes at once, and back when the panel refuses. */
export function useFavourites(): Favourites {
  const queryClient = useQueryClient();
  const { data } = useQuery({
    queryKey: keys.favourites,
    queryFn: ({ signal }) => api.favourites.list({ signal }),
  });
  const ids = useMemo(() => new Set(data?.serverIds), [data]);
  const { mutate } = useMutation({
    mutationFn: ({ id, isAdded }: { id: string; isAdded: boolean }) =>
      isAdded ? api.favourites.add({ params: { id } }) : api.favourites.remove({ params: { id } }),
    onMutate: async ({ id, isAdded }) => {
      await queryClient.cancelQueries({ queryKey: keys.favourites });
      queryClient.setQueryData<Kept>(keys.favourites, (kept) => withId(kept, id, isAdded));
    },
    onError: (error, { id, isAdded }) => {
      queryClient.setQueryData<Kept>(keys.favourites, (kept) => withId(kept, id, !isAdded));
      notifications.show({ color: 'red', title: strings.favouriteFailed, message: sentenceOf(error) });
    },
  });
  const toggle = useCallback(
    (id: string) => {
      const kept = queryClient.getQueryData<Kept>(keys.favourites);
      mutate({ id, isAdded: !kept?.serverIds.includes(id) });
    },
    [queryClient, mutate],
  );
  return useMemo(() => ({ has: (id) => ids.has(id), toggle }), [ids, toggle]);
}

function withId(kept: Kept | undefined, id: string, isAdded: boolean): Kept {
  const others = (kept?.serverIds ?? []).filter((other) => other !== id);
  return { serverIds: isAdded ? [...others, id] : others };
}
