import { useHotkeys, useMediaQuery } from '@mantine/hooks';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { Outlet, useLocation } from 'react-router';
import { useLive } from '../../api/use-live.ts';
import { useInstallEnds } from '../operations/use-install-ends.ts';
import { usePreferences } from '../settings/preferences.ts';
import { BottomBar } from './bottom-bar.tsx';
import classes from './frame.module.css';
import { Rail } from './rail.tsx';
import { strings } from './strings.ts';
import { TopBar } from './top-bar.tsx';

const Palette = lazy(() => import('../palette/palette.tsx'));

/** What is around every page of a signed-in person. */
export function Frame() {
  useLive();
  useInstallEnds();
  const { railCollapsed } = usePreferences();
  // Between phone and desk the names would take the room of what they lead to.
  const isTight = useMediaQuery('(max-width: 68em)', undefined, { getInitialValueInEffect: false });
  const isPhone = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false });
  const [isPaletteOpen, setPaletteOpen] = useState(false);
  const main = useRef<HTMLElement>(null);
  useHotkeys([['mod+K', () => setPaletteOpen(true)]], []);
  useFocusOnNewPage(main);
  return (
    <div className={classes.frame} data-collapsed={railCollapsed || isTight || undefined}>
      <a
        className={classes.skip}
        href={`${location.pathname}#main`}
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        {strings.skip}
      </a>
      {!isPhone && <Rail isTight={isTight} />}
      <div className={classes.column}>
        <TopBar onSearch={() => setPaletteOpen(true)} isPhone={isPhone} />
        <main className={classes.main} id="main" ref={main} tabIndex={-1}>
          <Outlet />
        </main>
      </div>
      {isPhone && <BottomBar />}
      {isPaletteOpen && (
        <Suspense>
          <Palette onClose={() => setPaletteOpen(false)} />
        </Suspense>
      )}
    </div>
  );
}

/** Following a link leaves the focus on it; readers expect it at the new page, and the page at its top. */
function useFocusOnNewPage(main: React.RefObject<HTMLElement | null>): void {
  const { pathname } = useLocation();
  const shown = useRef(pathname);
  useEffect(() => {
    if (shown.current === pathname) return;
    shown.current = pathname;
    main.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [pathname, main]);
}
