import { useQuery } from '@tanstack/react-query';
import { api } from '../../../api/client.ts';
import { keys } from '../../../api/keys.ts';
import { type FilePath, pathFields, pathKey } from '../file-path.ts';

export interface Sought {
  kind: 'name' | 'text';
  value: string;
}

const hasPattern = (name: string): boolean => /[*?]/.test(name);

/** What is found in a folder and below; the node stops when nobody waits any more. */
export function useSearch(serverId: string, folder: FilePath, sought: Sought | undefined) {
  return useQuery({
    queryKey: keys.fileSearch(serverId, pathKey(folder), sought),
    queryFn: ({ signal }) => {
      const { kind, value } = sought as Sought;
      // A name of the panel is a pattern for all of it.
      const query = kind === 'text' ? { text: value } : { name: hasPattern(value) ? value : `*${value}*` };
      return api.files.search({
        params: { id: serverId },
        query: { ...pathFields(folder), ...query },
        signal,
      });
    },
    enabled: sought !== undefined,
    retry: false,
    gcTime: 0,
  });
}
