import { Skeleton } from '@mantine/core';
import { strings } from '../../components/strings.ts';
import classes from './frame-skeleton.module.css';

/** The outline of the frame while it is asked who is signed in. */
export function FrameSkeleton() {
  return (
    <div className={classes.frame} role="status" aria-label={strings.loading}>
      <div className={classes.rail}>
        <Skeleton height={24} width={120} />
        <Skeleton height={20} mt={28} width={140} />
        <Skeleton height={20} mt={12} width={110} />
        <Skeleton height={20} mt={12} width={130} />
      </div>
      <div className={classes.main}>
        <Skeleton height={24} width={160} />
        <Skeleton height={32} mt={24} />
        <Skeleton height={32} mt={8} />
        <Skeleton height={32} mt={8} />
      </div>
    </div>
  );
}
