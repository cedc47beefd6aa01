import { Outlet } from 'react-router';
import { PageHeader } from '../../components/page-header.tsx';
import { TabLinks } from '../../components/tab-links.tsx';
import { useMay } from '../sessions/use-session.ts';
import classes from './settings-page.module.css';
import { strings } from './strings.ts';

const settingsOfPanel = [
  { to: '/settings/servers', name: strings.tabs.servers },
  { to: '/settings/sign-in', name: strings.tabs.signIn },
  { to: '/settings/providers', name: strings.tabs.providers, hasPages: true },
  { to: '/settings/mail', name: strings.tabs.mail },
  { to: '/settings/registries', name: strings.tabs.registries },
];

export function SettingsPage() {
  const mayRead = useMay('settings.read');
  const tabs = [
    { to: '/settings', name: strings.tabs.appearance },
    ...(mayRead ? settingsOfPanel : []),
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
