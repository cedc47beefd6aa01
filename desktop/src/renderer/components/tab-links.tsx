import { NavLink } from 'react-router';
import classes from './tab-links.module.css';

interface TabLinksProps {
  label: string;
  /** A tab that has pages of its own is also marked on them. */
  tabs: { to: string; name: string; hasPages?: boolean }[];
}

/** Tabs that are addresses: they can be linked, opened beside and gone back to. */
export function TabLinks({ label, tabs }: TabLinksProps) {
  return (
    <nav className={classes.tabs} aria-label={label}>
      {tabs.map(({ to, name, hasPages }) => (
        <NavLink key={to} to={to} end={!hasPages} className={classes.tab} replace={false}>
          {name}
        </NavLink>
      ))}
    </nav>
  );
}
