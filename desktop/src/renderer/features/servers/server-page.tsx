import type { Server } from '@catalyst/shared/features/servers';
import { Button, Skeleton } from '@mantine/core';
import { IconServerOff } from '@tabler/icons-react';
import { Link, Outlet, useOutletContext, useParams } from 'react-router';
import { accessEnds } from '../../api/access-end.ts';
import { hasCode } from '../../api/errors.ts';
import { useObservable } from '../../api/observable.ts';
import { Empty } from '../../components/empty.tsx';
import { NoPermissionPage } from '../../components/error-page.tsx';
import { Failure } from '../../components/failure.tsx';
import { useDocumentTitle } from '../../components/page-header.tsx';
import { strings as shared } from '../../components/strings.ts';
import { TabLinks } from '../../components/tab-links.tsx';
import { useSharingAccess } from '../sharing/use-sharing-access.ts';
import { InstallProgressBar } from './install-progress-bar.tsx';
import { mayOnServer } from './power.ts';
import { ReasonBanner } from './reason-banner.tsx';
import { ServerHeader } from './server-header.tsx';
import classes from './server-page.module.css';
import { serverStrings as strings } from './server-strings.ts';
import { useServer } from './use-servers.ts';

/** A server: who it is and how it is, above the tab that is open. */
export function ServerPage() {
  const { id = '' } = useParams();
  const { data: server, error, isPending, isFetching, refetch } = useServer(id);
  useDocumentTitle(server?.name ?? strings.server);
  if (hasCode(error, 'not_found', 'invalid_input')) return <Gone id={id} />;
  if (hasCode(error, 'forbidden')) return <NoPermissionPage />;
  if (isPending) return <ServerSkeleton />;
  if (!server) {
    return (
      <Failure title={strings.failed} error={error} retry={() => void refetch()} isRetrying={isFetching} />
    );
  }
  return <Shown server={server} error={error} retry={() => void refetch()} />;
}

interface ShownProps {
  server: Server;
  error: unknown;
  retry: () => void;
}

function Shown({ server, error, retry }: ShownProps) {
  const { id } = server;
  const { mayOpen } = useSharingAccess(server);
  const tabs = [
    {
      to: `/servers/${id}`,
      name: mayOnServer(server, 'console.read') ? strings.tabs.console : strings.tabs.overview,
    },
    ...(mayOnServer(server, 'file.read') || server.suspendedAt
      ? [{ to: `/servers/${id}/files`, name: strings.tabs.files, hasPages: true }]
      : []),
    { to: `/servers/${id}/network`, name: strings.tabs.network },
    ...(mayOpen ? [{ to: `/servers/${id}/sharing`, name: strings.tabs.sharing }] : []),
    { to: `/servers/${id}/settings`, name: strings.tabs.settings },
    ...(mayOnServer(server, 'activity.read')
      ? [{ to: `/servers/${id}/activity`, name: strings.tabs.activity }]
      : []),
  ];
  return (
    <div className={classes.page}>
      <ServerHeader server={server} />
      {error ? <Failure title={strings.stale} error={error} retry={retry} /> : null}
      <ReasonBanner server={server} />
      {server.state === 'installing' && <InstallProgressBar server={server} />}
      <TabLinks label={strings.tabsOf(server.name)} tabs={tabs} />
      <div className={classes.tab}>
        <Outlet context={server} />
      </div>
    </div>
  );
}

/** A server that is not there, or not any more for this person. */
function Gone({ id }: { id: string }) {
  const reason = useObservable(accessEnds).get(id);
  return (
    <Empty
      icon={<IconServerOff size={28} stroke={1.5} />}
      title={reason ? strings.accessEndedTitle : strings.goneTitle}
      action={
        <Button component={Link} to="/servers" variant="default">
          {strings.toServers}
        </Button>
      }
    >
      {reason ? strings.accessEnded(reason) : strings.gone}
    </Empty>
  );
}

/** The server whose page a tab is on. */
export const useShownServer = (): Server => useOutletContext<Server>();

/** Name of the server in the breadcrumbs. */
export function ServerCrumb() {
  const { id = '' } = useParams();
  return useServer(id).data?.name ?? '…';
}

function ServerSkeleton() {
  return (
    <div className={classes.page} role="status" aria-label={shared.loading}>
      <div className={classes.skeletonHead}>
        <Skeleton height={48} width={48} />
        <div>
          <Skeleton height={20} width={200} />
          <Skeleton height={14} width={280} mt={8} maw="60vw" />
        </div>
      </div>
      <div className={classes.skeletonTabs}>
        <Skeleton height={14} width={56} />
        <Skeleton height={14} width={60} />
      </div>
      <div className={classes.skeletonBody}>
        {[62, 48, 70, 40, 55, 66].map((width) => (
          <Skeleton key={width} height={12} width={`${width}%`} />
        ))}
      </div>
    </div>
  );
}
