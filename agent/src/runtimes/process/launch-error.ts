import { AppError } from '@catalyst/shared/contract/errors';

/** What a failed start tells its caller. */
export function toLaunchError(cause: unknown, signal: AbortSignal): unknown {
  if (cause instanceof AppError || signal.aborted) return cause;
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new AppError('disk_full', 'There is no room on the disk to start the server', { cause });
  }
  if (code === 'E2BIG') return new AppError('invalid_input', 'The startup command is too long', { cause });
  return new AppError('unavailable', `The server could not be started: ${message}`, { cause });
}
