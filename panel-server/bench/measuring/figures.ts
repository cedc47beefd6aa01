/** The value below which the given share of the samples lies. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function summary(samples: readonly number[], unit = 'ms', digits = 1): string {
  const figure = (share: number) => quantile(samples, share).toFixed(digits);
  return `p50 ${figure(0.5)}  p99 ${figure(0.99)}  max ${figure(1)} ${unit} (n=${samples.length})`;
}
