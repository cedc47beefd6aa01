import classes from './sparkline.module.css';
import { sparklineArea, sparklinePath } from './sparkline-path.ts';

interface SparklineProps {
  values: readonly (number | null)[];
  max: number;
  width?: number;
  height?: number;
  samples?: number;
}

/** A small chart without axes. What it says is also said in words beside it, so it is hidden from screen readers. */
export function Sparkline({ values, max, width = 64, height = 20, samples = 30 }: SparklineProps) {
  const box = { width, height, samples, max };
  return (
    <svg
      className={classes.chart}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      style={{ height }}
      aria-hidden
    >
      <path className={classes.area} d={sparklineArea(values, box)} />
      <path className={classes.line} d={sparklinePath(values, box)} />
    </svg>
  );
}
