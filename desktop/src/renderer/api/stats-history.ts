import type { ResourceStats } from '@catalyst/shared/features/servers';
import { useSyncExternalStore } from 'react';

const kept = 60;

const histories = new Map<string, readonly ResourceStats[]>();
const listeners = new Map<string, Set<() => void>>();
const everyListener = new Set<() => void>();
const none: readonly ResourceStats[] = [];

/** Keeps the last samples of each server beside the query cache, so that a sample redraws one row and not the list. */
export const statsHistory = {
  add(samples: readonly ResourceStats[]): void {
    for (const sample of samples) {
      const before = histories.get(sample.serverId) ?? none;
      const last = before.at(-1);
      if (last && last.at >= sample.at) continue;
      histories.set(sample.serverId, [...before.slice(1 - kept), sample]);
      for (const listener of listeners.get(sample.serverId) ?? []) listener();
    }
    for (const listener of everyListener) listener();
  },
  /** A server that does not run uses nothing; what it used before is no longer live. */
  forget(serverId: string): void {
    if (!histories.delete(serverId)) return;
    for (const listener of listeners.get(serverId) ?? []) listener();
  },
  of: (serverId: string): readonly ResourceStats[] => histories.get(serverId) ?? none,
  clear(): void {
    for (const serverId of [...histories.keys()]) statsHistory.forget(serverId);
  },
};

export function useStats(serverId: string): readonly ResourceStats[] {
  return useSyncExternalStore(
    (listener) => subscribe(serverId, listener),
    () => statsHistory.of(serverId),
  );
}

/** Counts samples; for whoever sorts by them. Stays 0 while not `active`. */
export function onAnyStats(listener: () => void): () => void {
  everyListener.add(listener);
  return () => everyListener.delete(listener);
}

function subscribe(serverId: string, listener: () => void): () => void {
  const own = listeners.get(serverId) ?? new Set();
  listeners.set(serverId, own.add(listener));
  return () => {
    own.delete(listener);
    if (own.size === 0) listeners.delete(serverId);
  };
}
