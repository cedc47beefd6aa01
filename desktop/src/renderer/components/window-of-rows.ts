export interface RowWindow {
  first: number;
  /** One behind the last. */
  end: number;
}

/**
 * The rows of a long list that are near the screen. `top` is where the list begins, relative to the screen; lengths are in px,
 * `overscan` in rows beyond each edge.
 */
export function windowOfRows(
  count: number,
  rowHeight: number,
  view: { top: number; height: number; overscan: number },
): RowWindow {
  const first = Math.max(0, Math.floor(-view.top / rowHeight) - view.overscan);
  const end = Math.min(count, Math.ceil((view.height - view.top) / rowHeight) + view.overscan);
  return { first: Math.min(first, count), end: Math.max(end, Math.min(first, count)) };
}
