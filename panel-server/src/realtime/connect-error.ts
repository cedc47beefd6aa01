import { AppError } from '@catalyst/shared/contract/errors';
import type { Logger } from '../logger.ts';

/** What the other side sees as `connect_error`, with the usual error body as its data. */
export function connectError(error: unknown, log: Logger): Error & { data?: unknown } {
  if (!(error instanceof AppError)) log.error({ err: error }, 'A connection could not be judged');
  const shown =
    error instanceof AppError ? error : new AppError('internal', 'Something went wrong in the panel');
  return Object.assign(new Error(shown.message), { data: shown.toBody('') });
}
