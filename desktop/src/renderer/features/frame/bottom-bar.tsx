import { NavLink } from 'react-router';
import classes from './bottom-bar.module.css';
import { useNavigation } from './navigation.ts';
import { strings } from './strings.ts';

/** The places of the panel within a thumb's reach. */
export function BottomBar() {
  const places = useNavigation();
  return (
    <nav className={classes.bar} aria-label={strings.navigation}>
      {places.map(({ to, name, Icon }) => (
        <NavLink key={to} to={to} className={classes.place}>
          <Icon size={20} stroke={1.6} aria-hidden />
          {name}
        </NavLink>
      ))}
    </nav>
  );
}
