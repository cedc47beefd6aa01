import type { Server } from '@catalyst/shared/features/servers';
import { useCallback, useMemo, useRef, useState } from 'react';

export interface Selection {
  /** Only what is shown: a filter never leaves something selected that cannot be seen. */
  servers: Server[];
  has(id: string): boolean;
  /** `extend` selects everything from the last one toggled. */
  toggle(id: string, extend?: boolean): void;
  toggleAll(): void;
  clear(): void;
  state: 'none' | 'some' | 'all';
}

export function useSelection(shown: readonly Server[]): Selection {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const last = useRef<string>(undefined);
  const current = useRef(shown);
  current.current = shown;
  const servers = useMemo(() => (ids.size === 0 ? [] : shown.filter(({ id }) => ids.has(id))), [ids, shown]);
  const toggle = useCallback((id: string, extend = false) => {
    const order = current.current.map((server) => server.id);
    const from = order.indexOf(last.current ?? '');
    const to = order.indexOf(id);
    setIds((before) => {
      const next = new Set(before);
      if (extend && from >= 0) {
        for (const between of order.slice(Math.min(from, to), Math.max(from, to) + 1)) next.add(between);
      } else if (!next.delete(id)) next.add(id);
      return next;
    });
    last.current = id;
  }, []);
  const state = servers.length === 0 ? 'none' : servers.length === shown.length ? 'all' : 'some';
  return {
    servers,
    has: (id) => ids.has(id),
    toggle,
    toggleAll: () => setIds(new Set(state === 'all' ? [] : shown.map(({ id }) => id))),
    clear: () => setIds(new Set()),
    state,
  };
}
