import { watch } from 'node:fs';

// inotify tells at once; elsewhere a file that stays open is noticed late or not at all.
const POLL_INTERVAL_MS = process.platform === 'linux' ? 1000 : 100;
const POLL_WITHOUT_WATCH_MS = 25;

/**
 * Calls back whenever one of the files in the folder may have grown, with its name if that is known, until the returned
 * function is called.
 */
export function watchSpool(
  folder: string,
  fileNames: readonly string[],
  onChange: (fileName: string | null) => void,
): () => void {
  let timer = setInterval(onChange, POLL_INTERVAL_MS, null);
  const pollFaster = () => {
    clearInterval(timer);
    timer = setInterval(onChange, POLL_WITHOUT_WATCH_MS, null);
  };
  try {
    const watcher = watch(folder, (_event, fileName) => {
      if (fileName === null || fileNames.includes(fileName)) onChange(fileName);
    });
    watcher.on('error', () => {
      watcher.close();
      pollFaster();
    });
    return () => {
      watcher.close();
      clearInterval(timer);
    };
  } catch {
    // The system's limit of watches is reached.
    pollFaster();
    return () => clearInterval(timer);
  }
}
