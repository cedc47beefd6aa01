import { IconChevronLeft } from '@tabler/icons-react';
import { Fragment } from 'react';
import { Link, useMatches } from 'react-router';
import classes from './breadcrumbs.module.css';
import { strings } from './strings.ts';

/** What a route says of itself in `handle`: its name, or a component that finds it out. */
interface Crumb {
  crumb: string | (() => React.ReactNode);
}

/** Where the reader is, in names. On a phone only the last is shown, with the way back. */
export function Breadcrumbs() {
  const crumbs = useMatches().filter((match) => isCrumb(match.handle));
  return (
    <nav aria-label={strings.breadcrumbs} className={classes.trail}>
      <ol className={classes.list}>
        {crumbs.map(({ id, pathname, handle }, index) => {
          const { crumb: CrumbName } = handle as Crumb;
          const name = typeof CrumbName === 'string' ? CrumbName : <CrumbName />;
          const isLast = index === crumbs.length - 1;
          return (
            <Fragment key={id}>
              {index > 0 && (
                <li aria-hidden className={classes.separator}>
                  /
                </li>
              )}
              <li className={classes.item} data-last={isLast || undefined}>
                {isLast ? (
                  <span className={classes.here} aria-current="page">
                    {name}
                  </span>
                ) : (
                  <Link to={pathname} className={classes.link}>
                    {index === crumbs.length - 2 && (
                      <IconChevronLeft size={18} className={classes.back} aria-hidden />
                    )}
                    <span className={classes.name}>{name}</span>
                  </Link>
                )}
              </li>
            </Fragment>
          );
        })}
      </ol>
    </nav>
  );
}

const isCrumb = (handle: unknown): handle is Crumb =>
  typeof handle === 'object' && handle !== null && 'crumb' in handle;
