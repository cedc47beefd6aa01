import { Skeleton } from '@mantine/core';
import { strings as shared } from '../../components/strings.ts';
import classes from './file-table.module.css';

/** A folder before it is there, in its own measures. */
export function FolderSkeleton() {
  return (
    <div className={classes.box} role="status" aria-label={shared.loading}>
      {[34, 22, 46, 28, 40, 18, 30, 36].map((width) => (
        <div key={width} className={classes.row}>
          <span />
          <span className={classes.name}>
            <Skeleton height={18} width={18} />
            <Skeleton height={12} width={`${width}%`} />
          </span>
          <span className={classes.size} />
          <span className={classes.modified}>
            <Skeleton height={12} width={84} />
          </span>
        </div>
      ))}
    </div>
  );
}
