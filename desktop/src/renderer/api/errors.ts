import { AppError, type ErrorCode } from '@catalyst/shared/contract/errors';

export function hasCode(error: unknown, ...codes: ErrorCode[]): error is AppError {
  return error instanceof AppError && codes.includes(error.code);
}

/** The sentence to show: the panel's own, or what a fault of ours amounts to. */
export function sentenceOf(error: unknown): string {
  if (error instanceof AppError) return error.message;
  return 'The interface met an error of its own. Reload the page; if it happens again, tell whoever runs this panel.';
}

/** The messages of a refused form by field; `body.` in front of a path is the panel's, not the form's. */
export function issuesByField(error: unknown): Record<string, string> {
  if (!(error instanceof AppError)) return {};
  const entries = (error.issues ?? []).map(({ path, message }) => [
    path.replace(/^body\./, ''),
    asSentence(message),
  ]);
  return Object.fromEntries(entries);
}

/** Rules are written as the end of a sentence whose subject is the field. */
export const asSentence = (message: string): string => message.charAt(0).toUpperCase() + message.slice(1);
