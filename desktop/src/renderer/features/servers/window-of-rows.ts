export interface RowWindow {
  first: number;
  /** One behind the last. */
  end: number;
}

/** Rows to draw beyond the edges, so that a quick scroll meets rows and not emptiness. */
const overscan = 12;

/** The rows of a long list that are near the screen. `top` is where the list begins, relative to the screen. */
export function windowOfRows(
  count: number,
  rowHeight: number,
  view: { top: number; height: number },
): RowWindow {
  const first = Math.max(0, Math.floor(-view.top / rowHeight) - overscan);
  const end = Math.min(count, Math.ceil((view.height - view.top) / rowHeight) + overscan);
  return { first: Math.min(first, count), end: Math.max(end, Math.min(first, count)) };
}
