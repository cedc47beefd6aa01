import { useMemo } from 'react';
import { NoPermissionPage } from '../../components/error-page.tsx';
import list from '../people/people-list.module.css';
import { mayOnServer } from '../servers/power.ts';
import { useShownServer } from '../servers/server-page.tsx';
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

function Activity({ id }: { id: string }) {
  const { text, change, clear } = useAuditFilter();
  const filter = useMemo(() => {
    const { action, outcome, from, to } = toQuery(text);
    return { action, outcome, from, to };
  }, [text]);
  const entries = useServerActivity(id, filter);
  return (
    <div className={list.wide}>
      <ActivityFilters text={text} change={change} groups={['server', 'console', 'subuser']} />
      <EntriesView
        list={entries}
        failed={strings.activityFailed}
        empty={{ title: strings.activityTitle, sentence: strings.activity }}
        isFiltered={Object.values(filter).some((value) => value !== undefined)}
        clear={clear}
        serverId={id}
      />
    </div>
  );
}
