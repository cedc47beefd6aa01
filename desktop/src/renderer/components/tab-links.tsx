import { NavLink } from 'react-router';
import classes from './tab-links.module.css';

/** Tabs that are addresses: they can be linked, opened beside and gone back to. */
export function TabLinks({ label, tabs }: { label: string; tabs: { to: string; name: string }[] }) {
  return (
    <nav className={classes.tabs} aria-label={label}>
      {tabs.map(({ to, name }) => (
        <NavLink key={to} to={to} end className={classes.tab} replace={false}>
          {name}
        </NavLink>
      ))}
    </nav>
  );
}
