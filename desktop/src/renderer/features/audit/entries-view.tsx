import { Button } from '@mantine/core';
import { IconFilterOff, IconHistory } from '@tabler/icons-react';
import { Empty } from '../../components/empty.tsx';
import { Failure } from '../../components/failure.tsx';
import { ListSkeleton } from '../people/list-skeleton.tsx';
import list from '../people/people-list.module.css';
import type { FilterText } from './audit-filter.ts';
import { AuditList } from './audit-list.tsx';
import { strings } from './strings.ts';
import type { useAuditLog } from './use-audit.ts';

interface EntriesViewProps {
  list: ReturnType<typeof useAuditLog>;
  failed: string;
  empty: { title: string; sentence: string };
  isFiltered: boolean;
  clear: () => void;
  onFilter?: (filter: FilterText) => void;
  serverId?: string;
}

/** Entries in every state that reading them can be in. */
export function EntriesView({ list: read, failed, empty, isFiltered, clear, ...rest }: EntriesViewProps) {
  const { entries, error, isFetching, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = read;
  return (
    <>
      {error && <Failure title={failed} error={error} retry={() => void refetch()} isRetrying={isFetching} />}
      {!entries && !error && <ListSkeleton />}
      {entries?.length === 0 &&
        (isFiltered ? (
          <Empty
            icon={<IconFilterOff size={28} stroke={1.5} />}
            title={strings.noMatchTitle}
            action={
              <Button variant="default" onClick={clear}>
                {strings.clear}
              </Button>
            }
          >
            {strings.noMatch}
          </Empty>
        ) : (
          <Empty icon={<IconHistory size={28} stroke={1.5} />} title={empty.title}>
            {empty.sentence}
          </Empty>
        ))}
      {entries && entries.length > 0 && <AuditList entries={entries} {...rest} />}
      {hasNextPage && entries && (
        <Button
          className={list.more}
          variant="default"
          loading={isFetchingNextPage}
          onClick={() => void fetchNextPage()}
        >
          {strings.older}
        </Button>
      )}
    </>
  );
}
