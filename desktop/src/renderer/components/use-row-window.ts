import { type RefObject, useLayoutEffect, useState } from 'react';
import { usePreferences } from '../features/settings/preferences.ts';
import { type RowWindow, windowOfRows } from './window-of-rows.ts';

interface RowWindowOptions {
  /** The stylesheet's variable that says how high a row is. */
  heightVariable?: `--${string}`;
  /** Rows to draw beyond the edges, so that a quick scroll meets rows and not emptiness. */
  overscan?: number;
  /** By default from 150 rows on: shorter lists are drawn whole, so that the browser's own search finds everything in them. */
  isWindowed?: boolean;
}

/** Which rows of a list to draw while the page scrolls; `height` is one row's, in px. */
export function useRowWindow(
  list: RefObject<HTMLElement | null>,
  count: number,
  { heightVariable = '--row-height', overscan = 8, isWindowed = count > 150 }: RowWindowOptions = {},
): RowWindow & { height: number } {
  const [state, setState] = useState({ first: 0, end: Math.min(count, 60), height: 32 });
  const { density } = usePreferences();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the density changes what the stylesheet says
  useLayoutEffect(() => {
    const element = list.current;
    if (!isWindowed || !element) return;
    let height = 32;
    const follow = () => {
      const { top } = element.getBoundingClientRect();
      const next = windowOfRows(count, height, { top, height: window.innerHeight, overscan });
      setState((before) =>
        before.first === next.first && before.end === next.end && before.height === height
          ? before
          : { ...next, height },
      );
    };
    const measure = () => {
      height = Number.parseFloat(getComputedStyle(element).getPropertyValue(heightVariable)) || 32;
      follow();
    };
    measure();
    window.addEventListener('scroll', follow, { passive: true });
    window.addEventListener('resize', measure);
    return () => {
      window.removeEventListener('scroll', follow);
      window.removeEventListener('resize', measure);
    };
  }, [list, count, isWindowed, heightVariable, overscan, density]);
  return isWindowed ? state : { first: 0, end: count, height: state.height };
}
