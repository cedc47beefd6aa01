interface SparklineBox {
  width: number;
  height: number;
  /** How many samples fill the width; fewer leave the left empty. */
  samples: number;
  /** The value at the top. */
  max: number;
}

/** The line of a small chart as SVG path data, newest on the right; a missing sample leaves a gap. */
export function sparklinePath(values: readonly (number | null)[], box: SparklineBox): string {
  const all = points(values, box);
  return all
    .map((point, index) => {
      if (!point) return '';
      if (all[index - 1]) return `L${round(point.x)} ${round(point.y)}`;
      // A sample between gaps is a line without length, which round ends make a dot.
      return `M${round(point.x)} ${round(point.y)}${all[index + 1] ? '' : 'h0'}`;
    })
    .join('');
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
