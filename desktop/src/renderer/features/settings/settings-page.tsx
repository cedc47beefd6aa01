import { Outlet } from 'react-router';
import { PageHeader } from '../../components/page-header.tsx';
import { TabLinks } from '../../components/tab-links.tsx';
import classes from './settings-page.module.css';
import { strings } from './strings.ts';

const tabs = [
  { to: '/settings', name: strings.tabs.appearance },
  { to: '/settings/account', name: strings.tabs.account },
  { to: '/settings/about', name: strings.tabs.about },
];

export function SettingsPage() {
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
