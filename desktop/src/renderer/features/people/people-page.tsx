import { Navigate, Outlet } from 'react-router';
import { NoPermissionPage } from '../../components/error-page.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { TabLinks } from '../../components/tab-links.tsx';
import classes from './people-list.module.css';
import { strings } from './strings.ts';
import { usePeopleTabs } from './use-people-tabs.ts';

/** Users, roles, invitations and keys, above the one that is open. */
export function PeoplePage() {
  const tabs = usePeopleTabs();
  if (tabs.length === 0) return <NoPermissionPage />;
  return (
    <div className={classes.wide}>
      <PageHeader title={strings.title} />
      <TabLinks label={strings.pages} tabs={tabs} />
      <Outlet />
    </div>
  );
}

/** `/people` leads to the first page of it. */
export function FirstPeopleTab() {
  const [first] = usePeopleTabs();
  return first ? <Navigate to={first.to} replace /> : null;
}
