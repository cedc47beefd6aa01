import { setTimeout as delay } from 'node:timers/promises';

/** Waits; rejects with the signal's own reason when it is aborted meanwhile. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await delay(ms, undefined, { signal }).catch(() => {});
  signal.throwIfAborted();
}

/** The promise's own end, or a rejection with the signal's reason when that comes first. */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

/** Whether it is done in time; it goes on in any case. Rejects when it fails in time. */
export async function isDoneWithin(ms: number, work: Promise<unknown>): Promise<boolean> {
  const patience = new AbortController();
  try {
    return await Promise.race([
      work.then(() => true),
      delay(ms, false, { signal: patience.signal }).catch(() => false),
    ]);
  } finally {
    patience.abort();
  }
}

interface TimeLimit {
  readonly signal: AbortSignal;
  stop(): void;
}

/** A signal that is aborted with the others, or with `reason` after a time. To be stopped when it is not needed any more. */
export function timeLimit(ms: number, reason: Error, ...others: AbortSignal[]): TimeLimit {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(reason), ms);
  return { signal: AbortSignal.any([limit.signal, ...others]), stop: () => clearTimeout(timer) };
}
