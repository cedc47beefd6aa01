import { AppError } from '@catalyst/shared/contract/errors';

/** The agent's end of a game's standard input. */
export interface StandardInput {
  /** Accepts all of `data` or throws: `rate_limited` when 64 KiB wait unread, `not_running` when nobody can read it. */
  write(data: Uint8Array): Promise<void>;
  close(): void;
}

export const maxWaitingBytes = 64 * 1024;

export function fullInput(): AppError {
  return new AppError('rate_limited', 'The server does not read its input; 64 KiB are waiting already', {
    retryAfterSeconds: 1,
  });
}

export function closedInput(cause?: unknown): AppError {
  return new AppError('not_running', 'The server does not take input', { cause });
}
