import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import { useServerList } from './use-servers.ts';

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
const sorted = (words: readonly string[]) => [...new Set(words)].sort(collator.compare);

/** Tags and groups to choose from. The panel is asked only where the list of servers is too long to be loaded whole. */
export function useKnownLabels(): { tags: string[]; groups: string[] } {
  const { servers, isTooLong } = useServerList();
  const { data } = useQuery({
    queryKey: keys.serverLabels,
    queryFn: ({ signal }) => api.serverLabels.list({ signal }),
    enabled: isTooLong,
  });
  return useMemo(
    () => ({
      tags: sorted([...(servers ?? []).flatMap(({ tags }) => tags), ...(data?.tags ?? [])]),
      groups: sorted([...(servers ?? []).flatMap(({ group }) => group ?? []), ...(data?.groups ?? [])]),
    }),
    [servers, data],
  );
}
