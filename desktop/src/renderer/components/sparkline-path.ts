export interface SparklineBox {
  width: number;
  height: number;
  /** How many samples fill the width; fewer leave the left empty. */
  samples: number;
  /** The value at the top. */
  max: number;
}

/** The line of a small chart as SVG path data, newest on the right; a missing sample leaves a gap. */
export function sparklinePath(values: readonly (number | null)[], box: SparklineBox): string {
  let path = '';
  let isDrawing = false;
  for (const point of points(values, box)) {
    if (!point) {
      isDrawing = false;
      continue;
    }
    path += `${isDrawing ? 'L' : 'M'}${round(point.x)} ${round(point.y)}`;
    isDrawing = true;
  }
  return path;
}

/** The area under the line; empty when it has gaps, which an area would hide. */
export function sparklineArea(values: readonly (number | null)[], box: SparklineBox): string {
  const all = points(values, box);
  const first = all[0];
  const last = all.at(-1);
  if (!first || !last || all.includes(null)) return '';
  return `${sparklinePath(values, box)}L${round(last.x)} ${box.height}L${round(first.x)} ${box.height}Z`;
}

function points(values: readonly (number | null)[], { width, height, samples, max }: SparklineBox) {
  const shown = values.slice(-samples);
  const step = width / Math.max(samples - 1, 1);
  // Half a line's width stays free at both edges, so that neither a full nor an idle server is cut.
  const inner = height - 2;
  return shown.map((value, index) => {
    if (value === null) return null;
    const share = max > 0 ? Math.min(Math.max(value / max, 0), 1) : 0;
    return { x: width - (shown.length - 1 - index) * step, y: 1 + inner * (1 - share) };
  });
}

const round = (value: number): number => Math.round(value * 100) / 100;
