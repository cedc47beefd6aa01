import { Skeleton } from '@mantine/core';
import { strings as shared } from '../../components/strings.ts';
import cards from './server-cards.module.css';
import classes from './servers-skeleton.module.css';

/** The list before it is there, in its own measures, so that nothing jumps. */
export function ServersSkeleton({ asCards }: { asCards: boolean }) {
  return (
    <div role="status" aria-label={shared.loading}>
      <div className={classes.bar}>
        <Skeleton height="var(--control-height)" width="min(360px, 100%)" />
        <Skeleton height="var(--control-height)" width={160} />
      </div>
      {asCards ? (
        <div className={cards.cards}>
          {[0, 1, 2, 3].map((card) => (
            <div key={card} className={cards.card}>
              <Skeleton height={36} width="70%" />
              <Skeleton height={16} width={90} />
              <Skeleton height={38} />
              <Skeleton height={28} width="60%" />
            </div>
          ))}
        </div>
      ) : (
        <div className={classes.table}>
          {[62, 48, 70, 55, 44, 66, 52, 58].map((width) => (
            <div key={width} className={classes.row}>
              <Skeleton height={12} width={84} />
              <Skeleton height={12} width={`${width / 2}%`} />
              <Skeleton height={12} width={140} ml="auto" />
              <Skeleton height={12} width={120} />
              <Skeleton height={12} width={110} />
            </div>
          ))}
        </div>
      )}
    </div>
  );
}
