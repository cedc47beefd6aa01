/** How long to wait before the next attempt. */
export interface BackOffTimes {
  firstMs: number;
  maxMs: number;
  /** After a refusal that only a person can end. */
  refusedMs: number;
}
export const defaultBackOffTimes: BackOffTimes = { firstMs: 250, maxMs: 5000, refusedMs: 60_000 };

/** Doubles with each failure in a row; half of it by chance, so that a thousand agents do not come back as one. */
export function backOffMs(failures: number, times: BackOffTimes, random = Math.random): number {
  const full = Math.min(times.maxMs, times.firstMs * 2 ** Math.min(failures, 30));
  return full * (0.5 + random() / 2);
}

export function refusedDelayMs(times: BackOffTimes, random = Math.random): number {
  return times.refusedMs * (0.75 + random() / 2);
}
