/** Why a program of ours cannot start, as sentences for whoever started it: the cause, and what to do. */
export class StartError extends Error {
  override readonly name = 'StartError';
}
