import { Skeleton } from '@mantine/core';
import { strings as shared } from '../../components/strings.ts';
import classes from './people-list.module.css';

/** A list that is being read. */
export function ListSkeleton() {
  return (
    <div className={classes.list} role="status" aria-label={shared.loading}>
      {[140, 180, 120].map((width) => (
        <div key={width} className={classes.item}>
          <div className={classes.who}>
            <Skeleton height={16} width={width} />
            <Skeleton height={12} width={width + 60} mt={8} />
          </div>
        </div>
      ))}
    </div>
  );
}
