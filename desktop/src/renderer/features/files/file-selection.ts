/** What is picked of a list of keys, and where the keyboard is. */
export interface FileSelection {
  keys: ReadonlySet<string>;
  /** Where arrows go on from. */
  cursor?: string;
  /** Where a range begins. */
  anchor?: string;
}

export const nothingPicked: FileSelection = { keys: new Set() };

export const pickOne = (key: string): FileSelection => ({ keys: new Set([key]), cursor: key, anchor: key });

export function pickAlso(before: FileSelection, key: string): FileSelection {
  const keys = new Set(before.keys);
  if (!keys.delete(key)) keys.add(key);
  return { keys, cursor: key, anchor: key };
}

/** From the anchor to a key; `isMore` keeps what was picked before. */
export function pickRange(
  before: FileSelection,
  order: readonly string[],
  key: string,
  isMore = false,
): FileSelection {
  const anchor = before.anchor ?? before.cursor ?? order[0] ?? key;
  const from = Math.max(order.indexOf(anchor), 0);
  const to = order.indexOf(key);
  const between = order.slice(Math.min(from, to), Math.max(from, to) + 1);
  return { keys: new Set([...(isMore ? before.keys : []), ...between]), cursor: key, anchor };
}

export const pickAll = (before: FileSelection, order: readonly string[]): FileSelection => ({
  ...before,
  keys: new Set(order),
});

/** So many places on; `isRange` picks all on the way. Without a cursor it begins at the near end, unless it goes to one. */
export function step(
  before: FileSelection,
  order: readonly string[],
  distance: number,
  isRange: boolean,
): FileSelection {
  if (order.length === 0) return nothingPicked;
  const current = before.cursor === undefined ? -1 : order.indexOf(before.cursor);
  const isToEnd = Math.abs(distance) >= order.length;
  const beginning = distance > 0 ? 0 : order.length - 1;
  const wanted = current < 0 && !isToEnd ? beginning : current + distance;
  const key = order[Math.min(Math.max(wanted, 0), order.length - 1)] as string;
  return isRange ? pickRange(before, order, key) : pickOne(key);
}

/** Without what is not there any more. */
export function withoutGone(before: FileSelection, order: readonly string[]): FileSelection {
  const there = new Set(order);
  const isThere = (key: string | undefined) => key === undefined || there.has(key);
  const keys = new Set([...before.keys].filter(isThere));
  if (keys.size === before.keys.size && isThere(before.cursor)) return before;
  return {
    keys,
    ...(isThere(before.cursor) && { cursor: before.cursor }),
    ...(isThere(before.anchor) && { anchor: before.anchor }),
  };
}
