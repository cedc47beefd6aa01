import { Outlet } from 'react-router';
import { NoPermissionPage } from '../../components/error-page.tsx';
import { Notice } from '../../components/notice.tsx';
import { mayOnServer } from '../servers/power.ts';
import { useShownServer } from '../servers/server-page.tsx';
import classes from './files-tab.module.css';
import { NameConflictHost } from './name-conflict-dialog.tsx';
import { strings } from './strings.ts';
import { TransferList } from './transfers/transfer-list.tsx';

/** The files of a server: a folder or a file of them, and what is on its way there. */
export function FilesTab() {
  const server = useShownServer();
  if (!mayOnServer(server, 'file.read')) {
    if (!server.suspendedAt) return <NoPermissionPage />;
    return (
      <Notice tone="info" title={strings.suspendedTitle}>
        {strings.suspended}
      </Notice>
    );
  }
  return (
    <div className={classes.tab}>
      {/* Beside what is open, which may hold a text that is not saved. */}
      {!server.node.online && (
        <div className={classes.offline}>
          <Notice tone="offline" title={strings.offlineTitle(server.node.name)}>
            {strings.offline}
          </Notice>
        </div>
      )}
      <Outlet context={server} />
      <TransferList serverId={server.id} />
      <NameConflictHost />
    </div>
  );
}
