import { SegmentedControl } from '@mantine/core';
import { useMemo } from 'react';
import { useSearchParams } from 'react-router';
import { NoPermissionPage } from '../../components/error-page.tsx';
import list from '../people/people-list.module.css';
import { mayOnServer } from '../servers/power.ts';
import { useShownServer } from '../servers/server-page.tsx';
import { StateTimeline } from '../servers/state-timeline.tsx';
import classes from './activity-tab.module.css';
import { toQuery, useAuditFilter } from './audit-filter.ts';
import { ActivityFilters } from './audit-filters.tsx';
import { EntriesView } from './entries-view.tsx';
import { strings } from './strings.ts';
import { useServerActivity } from './use-audit.ts';

/** What was done on one server, for whoever may see that. */
export function ActivityTab() {
  const server = useShownServer();
  return mayOnServer(server, 'activity.read') ? <Activity id={server.id} /> : <NoPermissionPage />;
}

/** What people did, or how the server fared. */
function Activity({ id }: { id: string }) {
  const [search, setSearch] = useSearchParams();
  const view = search.get('view') === 'states' ? 'states' : 'actions';
  return (
    <div className={list.wide}>
      <SegmentedControl
        className={classes.views}
        aria-label={strings.activityViews}
        value={view}
        data={[
          { value: 'actions', label: strings.activityActions },
          { value: 'states', label: strings.activityStates },
        ]}
        onChange={(next) => setSearch(next === 'states' ? { view: 'states' } : {}, { replace: true })}
      />
      {view === 'states' ? <StateTimeline serverId={id} /> : <Actions id={id} />}
    </div>
  );
}

function Actions({ id }: { id: string }) {
  const { text, change, clear } = useAuditFilter();
  const filter = useMemo(() => {
    const { action, outcome, from, to } = toQuery(text);
    return { action, outcome, from, to };
  }, [text]);
  const entries = useServerActivity(id, filter);
  return (
    <>
      <ActivityFilters text={text} change={change} groups={['server', 'console', 'subuser']} />
      <EntriesView
        list={entries}
        failed={strings.activityFailed}
        empty={{ title: strings.activityTitle, sentence: strings.activity }}
        isFiltered={Object.values(filter).some((value) => value !== undefined)}
        clear={clear}
        serverId={id}
      />
    </>
  );
}
