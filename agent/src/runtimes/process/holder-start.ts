import { AppError } from '@catalyst/shared/contract/errors';
import type { ProcessIdentity } from '@catalyst/shared/node/process-identity';
import type { RunFolder } from '../run-folder.ts';
import { watchForChange } from './change-watch.ts';
import { readExitRecord } from './exit-record.ts';
import { type HolderRecord, readHolderRecord } from './holder-record.ts';

/** A holder that has handed over to the game. */
export interface StartedHolder {
  holder: ProcessIdentity;
  game: ProcessIdentity | null;
  stdinPath: string | null;
}

/** Resolves when the game runs or has run; throws `unavailable` when the holder gave up or `isGone` before that. */
export async function waitForGame(
  folder: RunFolder,
  isGone: (record: HolderRecord | null) => boolean,
  signal?: AbortSignal,
): Promise<StartedHolder> {
  const { promise, resolve, reject } = Promise.withResolvers<StartedHolder>();
  const look = () => {
    // Asked first, so that what a holder wrote with its last breath is read.
    const gone = isGone(readHolderRecord(folder));
    const record = readHolderRecord(folder);
    if (record?.failure) reject(new AppError('unavailable', record.failure));
    else if (record?.holder && (record.game || readExitRecord(folder))) {
      resolve({ holder: record.holder, game: record.game, stdinPath: record.stdinPath });
    } else if (gone) {
      reject(
        new AppError('unavailable', 'The process that was to hold the server ended before it had begun'),
      );
    }
  };
  const abort = () => reject(signal?.reason);
  const watch = watchForChange(folder.path, look);
  signal?.addEventListener('abort', abort);
  try {
    if (signal?.aborted) abort();
    look();
    return await promise;
  } finally {
    watch.close();
    signal?.removeEventListener('abort', abort);
  }
}
