import { AppError, type ErrorCode } from '@catalyst/shared/contract/errors';
import { hasCode } from '../../api/errors.ts';
import { socket } from '../../api/socket.ts';
import type { ReportOperation } from '../operations/local-operations.ts';
import { strings } from './strings.ts';

/** Something long that a node does with files. */
interface Work {
  id: string;
  status: 'waiting' | 'running' | 'succeeded' | 'failed' | 'cancelled';
  doneBytes: number;
  /** Null while the whole is not known. */
  totalBytes: number | null;
  error: { code: ErrorCode; message: string } | null;
}

interface FollowedWork<W extends Work> {
  begun: W;
  read: () => Promise<W>;
  /** Calls back with each that is announced, until the answer is called. */
  listen: (look: (work: W) => void) => () => void;
  cancel: () => Promise<void>;
}

/** Resolves when it has succeeded or was cancelled; rejects with why it failed. */
export function followWork<W extends Work>(
  { begun, read, listen, cancel }: FollowedWork<W>,
  report: ReportOperation,
): Promise<W> {
  // Whether it could be stopped is seen from how it ends.
  report({ cancel: () => void cancel().catch(() => undefined) });
  return new Promise((resolve, reject) => {
    const look = (work: W) => {
      if (work.id !== begun.id) return;
      if (work.status === 'waiting' || work.status === 'running') {
        return report({ progress: fractionOf(work) });
      }
      stop();
      if (work.status !== 'failed') return resolve(work);
      const { code, message } = work.error ?? { code: 'internal' as const, message: strings.noReason };
      reject(new AppError(code, message));
    };
    const readAgain = async () => {
      try {
        look(await read());
      } catch (error) {
        // A node that is away tells how it ended when it is back.
        if (!hasCode(error, 'not_found', 'forbidden')) return;
        stop();
        reject(error);
      }
    };
    const stopListening = listen(look);
    socket.on('connect', readAgain);
    const stop = () => {
      stopListening();
      socket.off('connect', readAgain);
    };
    // It may have ended before anybody listened.
    void readAgain();
  });
}

const fractionOf = ({ doneBytes, totalBytes }: Work): number | null =>
  totalBytes ? Math.min(1, doneBytes / totalBytes) : null;
