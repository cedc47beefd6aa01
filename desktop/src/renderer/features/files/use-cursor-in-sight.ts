import { type RefObject, useLayoutEffect } from 'react';

/** What sticks to the edges of the window, in px: bar and header above, the selection below. */
const insets = { top: 96, bottom: 88 };

/** Scrolls the page so that the row the keyboard has come to is seen. The rows before it need not be drawn. */
export function useCursorInSight(body: RefObject<HTMLElement | null>, row: number, rowHeight: number): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the keyboard moves it, not a row that became higher
  useLayoutEffect(() => {
    const element = body.current;
    if (!element || row < 0) return;
    const drawn = element.querySelector(`[data-row="${row}"]`)?.getBoundingClientRect();
    const top = drawn?.top ?? element.getBoundingClientRect().top + row * rowHeight;
    const bottom = top + (drawn?.height ?? rowHeight);
    const lowest = window.innerHeight - insets.bottom;
    if (top < insets.top) window.scrollBy(0, top - insets.top);
    else if (bottom > lowest) window.scrollBy(0, bottom - lowest);
  }, [row, body]);
}
