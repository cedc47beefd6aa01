import type { Server } from '@catalyst/shared/features/servers';
import { useEffect, useMemo, useState } from 'react';
import { onAnyStats } from '../../api/stats-history.ts';
import { type Sorting, sortServers } from './server-order.ts';

/** Rows sorted by use are put in order anew this often, so that they can still be clicked. */
const resortMs = 5000;

export function useSorted(
  servers: readonly Server[],
  sorting: Sorting,
  isFavourite: (id: string) => boolean,
): Server[] {
  const [round, setRound] = useState(0);
  const isLive = sorting.column === 'cpu' || sorting.column === 'memory';
  useEffect(() => {
    if (!isLive) return;
    let last = Date.now();
    return onAnyStats(() => {
      if (Date.now() - last < resortMs) return;
      last = Date.now();
      setRound((before) => before + 1);
    });
  }, [isLive]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round sorts by numbers kept outside of React
  return useMemo(() => sortServers(servers, sorting, isFavourite), [servers, sorting, isFavourite, round]);
}
