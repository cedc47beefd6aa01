import { Outlet } from 'react-router';
import { PageHeader } from '../../components/page-header.tsx';
import { TabLinks } from '../../components/tab-links.tsx';
import { useMay } from '../sessions/use-session.ts';
import classes from './settings-page.module.css';
import { strings } from './strings.ts';

export function SettingsPage() {
  const mayRead = useMay('settings.read');
  const tabs = [
    { to: '/settings', name: strings.tabs.appearance },
    { to: '/settings/account', name: strings.tabs.account },
    ...(mayRead ? [{ to: '/settings/registries', name: strings.tabs.registries }] : []),
    { to: '/settings/about', name: strings.tabs.about },
  ];
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
