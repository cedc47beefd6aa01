import { ConsoleView } from '../console/console-view.tsx';
import classes from './console-tab.module.css';
import { JoinCard } from './join-card.tsx';
import { NotesCard } from './notes-card.tsx';
import { mayOnServer } from './power.ts';
import { useShownServer } from './server-page.tsx';
import { UsagePanel } from './usage-panel.tsx';

/** The console for whoever may read it, and beside it what the server uses and how to get in. */
export function ConsoleTab() {
  const server = useShownServer();
  const seesConsole = mayOnServer(server, 'console.read');
  return (
    <div className={classes.tab} data-only-aside={!seesConsole || undefined}>
      {seesConsole && <ConsoleView server={server} key={server.id} />}
      <aside className={classes.aside}>
        {server.state === 'running' && server.node.online && <JoinCard server={server} />}
        <UsagePanel server={server} />
        {server.notes && <NotesCard notes={server.notes} />}
      </aside>
    </div>
  );
}
