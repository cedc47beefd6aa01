import { Button } from '@mantine/core';
import { useDebouncedValue, useMediaQuery } from '@mantine/hooks';
import { IconFilterOff, IconPlus, IconServer2 } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { Link } from 'react-router';
import type { ServerFilter } from '../../api/keys.ts';
import { Empty } from '../../components/empty.tsx';
import { Failure } from '../../components/failure.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { useMay } from '../sessions/use-session.ts';
import { usePreferences } from '../settings/preferences.ts';
import { BulkBar } from './bulk-bar.tsx';
import { ServerCards } from './server-cards.tsx';
import { filterServers, type Sorting } from './server-order.ts';
import { ServerTable } from './server-table.tsx';
import { groupOf, type StateGroup } from './server-tone.ts';
import classes from './servers-page.module.css';
import { ServersSkeleton } from './servers-skeleton.tsx';
import { ServersToolbar } from './servers-toolbar.tsx';
import { strings } from './strings.ts';
import { useFavourites } from './use-favourites.ts';
import { useSelection } from './use-selection.ts';
import { useServerList } from './use-servers.ts';
import { useSorted } from './use-sorted.ts';

/** Every server the person may see, live. */
export function ServersPage() {
  const mayCreate = useMay('server.create');
  const { serverView, groupServers } = usePreferences();
  const favourites = useFavourites();
  const [onlyFavourites, setOnlyFavourites] = useState(false);
  const isNarrow = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false });
  const [filter, setFilter] = useState<ServerFilter>({});
  const [group, setGroup] = useState<StateGroup>();
  const [sorting, setSorting] = useState<Sorting>({ column: 'name', descending: false });
  const { all, list, shownOf } = useFilteredServers(filter);
  const filtered = useMemo(
    () =>
      filterServers(shownOf ?? [], filter).filter(
        (server) => (!group || groupOf(server) === group) && (!onlyFavourites || favourites.has(server.id)),
      ),
    [shownOf, filter, group, onlyFavourites, favourites],
  );
  const shown = useSorted(filtered, sorting, favourites.has);
  const selection = useSelection(shown);
  const asCards = isNarrow || serverView === 'cards';

  const clearFilter = () => {
    setFilter({});
    setGroup(undefined);
    setOnlyFavourites(false);
  };
  const create = mayCreate && (
    <Button component={Link} to="/servers/new" leftSection={<IconPlus size={16} />}>
      {strings.newServer}
    </Button>
  );
  if (list.isPending || (list.isError && !all)) {
    return (
      <>
        <PageHeader title={strings.title} actions={create} />
        {list.isPending ? (
          <ServersSkeleton asCards={asCards} />
        ) : (
          <Failure
            title={strings.failed}
            error={list.error}
            retry={() => void list.refetch()}
            isRetrying={list.isFetching}
          />
        )}
      </>
    );
  }
  if (all?.length === 0) {
    return (
      <>
        <PageHeader title={strings.title} />
        <Empty
          icon={<IconServer2 size={28} stroke={1.5} />}
          title={strings.emptyTitle}
          action={create || undefined}
        >
          {mayCreate ? strings.empty : strings.emptyNoCreate}
        </Empty>
      </>
    );
  }
  const total = all?.length ?? 0;
  const hasNoFavourite = onlyFavourites && !all?.some(({ id }) => favourites.has(id));
  const isFiltered = shown.length !== total;
  const View = asCards ? ServerCards : ServerTable;
  return (
    <>
      <PageHeader
        title={strings.title}
        aside={isFiltered ? strings.shown(shown.length, total) : `${total}${list.hasNextPage ? '+' : ''}`}
        actions={create}
      />
      {list.isError && (
        <div className={classes.failure}>
          <Failure
            title={strings.failed}
            error={list.error}
            retry={() => void list.refetch()}
            isRetrying={list.isFetching}
          />
        </div>
      )}
      <ServersToolbar
        servers={all ?? []}
        isWhole={!list.hasNextPage}
        group={group}
        onGroup={setGroup}
        filter={filter}
        onFilter={setFilter}
        sorting={sorting}
        onSorting={setSorting}
        onlyFavourites={onlyFavourites}
        onOnlyFavourites={setOnlyFavourites}
        asCards={asCards}
        isNarrow={isNarrow}
      />
      {shown.length === 0 ? (
        <Empty
          icon={<IconFilterOff size={28} stroke={1.5} />}
          title={hasNoFavourite ? strings.noFavouriteTitle : strings.noMatchTitle}
          action={
            <Button variant="default" onClick={clearFilter}>
              {hasNoFavourite ? strings.showAll : strings.clearFilter}
            </Button>
          }
        >
          {hasNoFavourite ? strings.noFavourite : strings.noMatch}
        </Empty>
      ) : (
        <View
          servers={shown}
          sorting={sorting}
          onSorting={setSorting}
          selection={selection}
          favourites={favourites}
          isGrouped={groupServers}
        />
      )}
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
      <BulkBar selection={selection} />
    </>
  );
}

/**
 * The whole list where it is loaded whole; a list too long for that is filtered by the panel, and what is typed reaches it
 * after a moment of rest.
 */
function useFilteredServers(filter: ServerFilter) {
  const list = useServerList();
  const [settled] = useDebouncedValue(filter, 250);
  const isWhole = !list.hasNextPage;
  const hasFilter = Boolean(settled.q || settled.state || settled.nodeId || settled.tag || settled.group);
  const asked = useServerList({ ...settled, q: settled.q || undefined }, { enabled: !isWhole && hasFilter });
  const shownOf = !isWhole && hasFilter ? (asked.servers ?? list.servers) : list.servers;
  return { all: list.servers, list, shownOf };
}
