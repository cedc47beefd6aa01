import { Navigate, Outlet, useLocation } from 'react-router';
import { hasCode } from '../../api/errors.ts';
import { Failure } from '../../components/failure.tsx';
import { FrameSkeleton } from '../frame/frame-skeleton.tsx';
import { EntryPage } from './entry-page.tsx';
import { ReauthenticationHost } from './reauthentication-host.tsx';
import { signInPath } from './return-path.ts';
import { strings } from './strings.ts';
import { useMe } from './use-session.ts';

/** Lets signed-in people through to the pages; others go to sign in and come back. */
export function SessionGate() {
  const me = useMe();
  const here = useLocation();
  if (me.data) {
    return (
      <>
        <Outlet />
        <ReauthenticationHost />
      </>
    );
  }
  if (me.data === null) return <Navigate to={signInPath(here)} replace />;
  if (me.error) {
    if (hasCode(me.error, 'unavailable', 'timeout')) {
      return <EntryPage title={strings.unreachableTitle} lead={strings.unreachable} />;
    }
    return (
      <EntryPage>
        <Failure error={me.error} retry={() => void me.refetch()} isRetrying={me.isFetching} />
      </EntryPage>
    );
  }
  return <FrameSkeleton />;
}
