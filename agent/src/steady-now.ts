/** Milliseconds since 1970 as the clock said when this process began: a later change of the clock does not reach it. */
export function steadyNow(): number {
  return performance.timeOrigin + performance.now();
}
