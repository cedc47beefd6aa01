import { createInputHistory, type InputHistory } from './input-history.ts';

const histories = new Map<string, InputHistory>();
const keyPrefix = 'catalyst.commands.';

/**
 * The commands typed on a server. They outlive the page but not the browser's window, as commands may hold what others who
 * use this browser should not find.
 */
export function keptHistory(serverId: string): InputHistory {
  const known = histories.get(serverId);
  if (known) return known;
  const storageKey = keyPrefix + serverId;
  const history = createInputHistory(read(storageKey));
  const kept: InputHistory = {
    ...history,
    add(command) {
      history.add(command);
      try {
        sessionStorage.setItem(storageKey, JSON.stringify(history.all()));
      } catch {
        // Full or forbidden: the history lives as long as the page.
      }
    },
  };
  histories.set(serverId, kept);
  return kept;
}

/** The next person in this window starts with an empty history. */
export function forgetCommands(): void {
  histories.clear();
  try {
    for (const key of Object.keys(sessionStorage)) {
      if (key.startsWith(keyPrefix)) sessionStorage.removeItem(key);
    }
  } catch {
    // A browser that keeps nothing has nothing to forget.
  }
}

function read(storageKey: string): string[] {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(storageKey) ?? '[]');
    return Array.isArray(kept) ? kept.filter((command) => typeof command === 'string') : [];
  } catch {
    return [];
  }
}
