import { AppError } from '@catalyst/shared/contract/errors';
import { pause } from '../../../../waiting.ts';

/** Something that may be better in a moment: a registry that is busy, away, or lost its thread. */
export class RegistryFault extends AppError {
  /** How long the registry wants to be left alone. */
  readonly retryAfterMs: number;

  constructor(sentence: string, options: { retryAfterMs?: number; cause?: unknown } = {}) {
    super('unavailable', sentence, { cause: options.cause });
    this.retryAfterMs = options.retryAfterMs ?? 0;
  }
}

const maxWaitMs = 60_000;

/** Counts attempts that brought nothing, and waits longer after each. */
export class Patience {
  readonly #delaysMs: readonly number[];
  #failures = 0;

  constructor(delaysMs: readonly number[]) {
    this.#delaysMs = delaysMs;
  }

  /** Something came of the last attempt: patience is whole again. */
  renew(): void {
    this.#failures = 0;
  }

  /** Waits until the next attempt is due; throws the error itself when it is not worth one, or was one too many. */
  async await(error: unknown, signal: AbortSignal): Promise<void> {
    const delayMs = this.#delaysMs[this.#failures++];
    if (!(error instanceof RegistryFault) || delayMs === undefined) throw error;
    // Many servers may have been cut off at the same moment.
    const spreadMs = delayMs * (0.75 + Math.random() / 2);
    await pause(Math.min(maxWaitMs, Math.max(spreadMs, error.retryAfterMs)), signal);
  }
}

/** Reads `Retry-After`, in seconds or as a date. */
export function retryAfterMs(header: string | undefined, now = Date.now()): number {
  if (header === undefined) return 0;
  const ms = /^\d{1,6}$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isFinite(ms) ? Math.max(0, ms) : 0;
}
