import { Button } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { Empty } from '../../components/empty.tsx';
import { NoPermissionPage } from '../../components/error-page.tsx';
import { Failure } from '../../components/failure.tsx';
import { ListSkeleton } from '../people/list-skeleton.tsx';
import classes from '../people/people-list.module.css';
import { useMay } from '../sessions/use-session.ts';
import { KeyList } from './key-list.tsx';
import { strings } from './strings.ts';
import { useEveryonesKeys } from './use-api-keys.ts';

/** The keys of everybody, for who answers for the panel. */
export function EveryonesKeysTab() {
  const mayRead = useMay('apikey.read');
  const mayChange = useMay('apikey.write');
  const list = useEveryonesKeys({ enabled: mayRead });
  const { keys, error, isFetching, refetch } = list;
  if (!mayRead) return <NoPermissionPage />;
  return (
    <>
      {keys && keys.length > 0 && <p className={classes.lead}>{strings.everyonesLead}</p>}
      {error && (
        <Failure title={strings.failed} error={error} retry={() => void refetch()} isRetrying={isFetching} />
      )}
      {!keys && !error && <ListSkeleton />}
      {keys?.length === 0 && (
        <Empty icon={<IconKey size={28} stroke={1.5} />} title={strings.emptyTitle}>
          {strings.noneAtAll}
        </Empty>
      )}
      {keys && keys.length > 0 && <KeyList keys={keys} place="everyones" mayChange={mayChange} showsOwner />}
      {list.hasNextPage && (
        <Button
          className={classes.more}
          variant="default"
          loading={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          {strings.loadMore}
        </Button>
      )}
    </>
  );
}
