import { AppError } from '@catalyst/shared/contract/errors';

/** `ok`, or the code of the refusal; anything else that goes wrong is thrown on. */
export function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'ok',
    (error: unknown) => {
      if (error instanceof AppError) return error.code;
      // What the panel refused a socket with.
      const { code } = (error ?? {}) as { code?: unknown };
      if (typeof code === 'string') return code;
      throw error;
    },
  );
}
