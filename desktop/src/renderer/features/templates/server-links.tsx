import type { Server } from '@catalyst/shared/features/servers';
import { Link } from 'react-router';
import classes from './server-links.module.css';
import { strings } from './strings.ts';

const mostShown = 20;

/** The servers that are made of a template. */
export function ServerLinks({ servers }: { servers: readonly Server[] }) {
  const rest = servers.length - mostShown;
  return (
    <ul className={classes.list}>
      {servers.slice(0, mostShown).map(({ id, name }) => (
        <li key={id}>
          <Link to={`/servers/${id}`} className={classes.link}>
            {name}
          </Link>
        </li>
      ))}
      {rest > 0 && <li>{strings.andMore(rest)}</li>}
    </ul>
  );
}
