import type { CSSProperties } from 'react';
import classes from './usage-bar.module.css';

/** From here on a bar says that little is left. */
const nearlyFull = 0.9;

interface UsageBarProps {
  /** What is measured, for screen readers. */
  label: string;
  /** Null when it is not known. */
  fraction: number | null;
  /** The value in words, `0.8 / 2 GiB`. */
  text: string;
}

/** How much of a limit is used. */
export function UsageBar({ label, fraction, text }: UsageBarProps) {
  const share = Math.min(Math.max(fraction ?? 0, 0), 1);
  const isNearlyFull = fraction !== null && fraction >= nearlyFull;
  return (
    // biome-ignore lint/a11y/useSemanticElements: browsers draw a meter element each in their own way
    <div
      className={classes.track}
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(share * 100)}
      aria-valuetext={isNearlyFull ? `${text}, nearly full` : text}
      data-nearly-full={isNearlyFull || undefined}
      style={{ '--share': share } as CSSProperties}
    />
  );
}

/** How far something is. */
export function ProgressBar({ label, fraction }: { label: string; fraction: number }) {
  const share = Math.min(Math.max(fraction, 0), 1);
  return (
    <div
      className={classes.track}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(share * 100)}
      style={{ '--share': share } as CSSProperties}
    />
  );
}
