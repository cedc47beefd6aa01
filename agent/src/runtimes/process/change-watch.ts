import { type FSWatcher, watch } from 'node:fs';

/** The safety net for changes the system did not announce. */
const pollMs = 1000;

export interface ChangeWatch {
  close(): void;
}

/** Calls `look` when `path` may have changed, and every second in any case. */
export function watchForChange(path: string, look: () => void): ChangeWatch {
  let watcher: FSWatcher | undefined;
  try {
    watcher = watch(path, look);
    watcher.on('error', () => watcher?.close());
  } catch {
    // Out of watches, or just renamed away: polling does it alone.
  }
  const timer = setInterval(look, pollMs);
  return {
    close() {
      watcher?.close();
      clearInterval(timer);
    },
  };
}
