import { type RefObject, useLayoutEffect, useState } from 'react';
import { type RowWindow, windowOfRows } from './window-of-rows.ts';

/** Shorter lists are drawn whole, so that the browser's own search finds everything in them. */
const drawnWholeUpTo = 150;

/** Which rows of a list to draw while the page scrolls. Rows are as high as the stylesheet's `--row-height`. */
export function useRowWindow(
  list: RefObject<HTMLElement | null>,
  count: number,
): RowWindow & { height: number } {
  const [state, setState] = useState({ first: 0, end: Math.min(count, 60), height: 32 });
  const isWindowed = count > drawnWholeUpTo;
  useLayoutEffect(() => {
    if (!isWindowed) return;
    const measure = () => {
      const element = list.current;
      if (!element) return;
      const height = Number.parseFloat(getComputedStyle(element).getPropertyValue('--row-height')) || 32;
      const { top } = element.getBoundingClientRect();
      const next = windowOfRows(count, height, { top, height: window.innerHeight });
      setState((before) =>
        before.first === next.first && before.end === next.end && before.height === height
          ? before
          : { ...next, height },
      );
    };
    measure();
    window.addEventListener('scroll', measure, { passive: true });
    window.addEventListener('resize', measure);
    return () => {
      window.removeEventListener('scroll', measure);
      window.removeEventListener('resize', measure);
    };
  }, [list, count, isWindowed]);
  return isWindowed ? state : { first: 0, end: count, height: state.height };
}
