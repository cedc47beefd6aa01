import { useEffect, useRef } from 'react';
import { NavLink, useLocation } from 'react-router';
import classes from './tab-links.module.css';

interface TabLinksProps {
  label: string;
  /** A tab that has pages of its own is also marked on them. */
  tabs: { to: string; name: string; hasPages?: boolean }[];
}

/** Tabs that are addresses: they can be linked, opened beside and gone back to. */
export function TabLinks({ label, tabs }: TabLinksProps) {
  const list = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  // Where there is no room for all, the one that is open is in sight.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page is another open tab
  useEffect(() => {
    const open = list.current?.querySelector('[aria-current="page"]');
    open?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [pathname]);
  return (
    <nav className={classes.tabs} aria-label={label} ref={list}>
      {tabs.map(({ to, name, hasPages }) => (
        <NavLink key={to} to={to} end={!hasPages} className={classes.tab} replace={false}>
          {name}
        </NavLink>
      ))}
    </nav>
  );
}
