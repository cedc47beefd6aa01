import { Outlet } from 'react-router';
import { PageHeader } from '../../components/page-header.tsx';
import { TabLinks } from '../../components/tab-links.tsx';
import classes from './account-page.module.css';
import { strings } from './strings.ts';

const tabs = [
  { to: '/account', name: strings.tabs.profile },
  { to: '/account/security', name: strings.tabs.security },
  { to: '/account/sessions', name: strings.tabs.sessions },
  { to: '/account/api-keys', name: strings.tabs.apiKeys },
];

/** A person's own account, above the part of it that is open. */
export function AccountPage() {
  return (
    <div className={classes.page}>
      <PageHeader title={strings.title} />
      <TabLinks label={strings.pages} tabs={tabs} />
      <div className={classes.tab}>
        <Outlet />
      </div>
    </div>
  );
}
