import { NoPermissionPage } from '../../components/error-page.tsx';
import { ConsoleView } from '../console/console-view.tsx';
import classes from './console-tab.module.css';
import { JoinCard } from './join-card.tsx';
import { mayOnServer } from './power.ts';
import { useShownServer } from './server-page.tsx';
import { UsagePanel } from './usage-panel.tsx';

/** The console, and beside it what the server uses and how to get in. */
export function ConsoleTab() {
  const server = useShownServer();
  if (!mayOnServer(server, 'console.read')) return <NoPermissionPage />;
  return (
    <div className={classes.tab}>
      <ConsoleView server={server} key={server.id} />
      <aside className={classes.aside}>
        {server.state === 'running' && server.node.online && <JoinCard server={server} />}
        <UsagePanel server={server} />
      </aside>
    </div>
  );
}
