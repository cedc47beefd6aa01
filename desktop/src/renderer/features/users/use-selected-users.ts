import type { ManagedUser } from '@catalyst/shared/features/users';
import { useState } from 'react';

export interface SelectedUsers {
  /** Only what is shown: a filter never leaves somebody selected who cannot be seen. */
  users: ManagedUser[];
  has(id: string): boolean;
  toggle(id: string): void;
  toggleAll(): void;
  clear(): void;
}

export function useSelectedUsers(shown: readonly ManagedUser[]): SelectedUsers {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const users = shown.filter(({ id }) => ids.has(id));
  return {
    users,
    has: (id) => ids.has(id),
    toggle: (id) =>
      setIds((before) => new Set(before.has(id) ? [...before].filter((one) => one !== id) : [...before, id])),
    toggleAll: () => setIds(new Set(users.length === shown.length ? [] : shown.map(({ id }) => id))),
    clear: () => setIds(new Set()),
  };
}
