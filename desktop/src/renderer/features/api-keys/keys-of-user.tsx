import { Button } from '@mantine/core';
import { Failure } from '../../components/failure.tsx';
import { Section, SkeletonLines } from '../../components/section.tsx';
import classes from '../people/people-list.module.css';
import { useMay } from '../sessions/use-session.ts';
import { KeyList } from './key-list.tsx';
import { strings } from './strings.ts';
import { useEveryonesKeys } from './use-api-keys.ts';

/** The keys of one user, as a part of the page about that user. */
export function KeysOfUser({ userId, title }: { userId: string; title: string }) {
  const mayChange = useMay('apikey.write');
  const list = useEveryonesKeys({ userId });
  const { keys, error, isFetching, refetch } = list;
  return (
    <Section id="keys" title={title}>
      {error && (
        <Failure title={strings.failed} error={error} retry={() => void refetch()} isRetrying={isFetching} />
      )}
      {!keys && !error && <SkeletonLines count={2} />}
      {keys?.length === 0 && <p className={classes.hint}>{strings.noneOfUser}</p>}
      {keys && keys.length > 0 && (
        <KeyList keys={keys} place="everyones" mayChange={mayChange} showsOwner={false} />
      )}
      {list.hasNextPage && (
        <Button
          className={classes.more}
          variant="default"
          size="xs"
          loading={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          {strings.loadMore}
        </Button>
      )}
    </Section>
  );
}
