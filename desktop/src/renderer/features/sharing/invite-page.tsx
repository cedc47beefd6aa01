import { subuserPresets } from '@catalyst/shared/features/subusers';
import { Button, Skeleton } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { Link, useLocation, useNavigate } from 'react-router';
import { hasCode, sentenceOf } from '../../api/errors.ts';
import { Failure } from '../../components/failure.tsx';
import { Notice } from '../../components/notice.tsx';
import { useDocumentTitle } from '../../components/page-header.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { strings as shared } from '../../components/strings.ts';
import { PermissionList } from '../roles/permission-list.tsx';
import entry from '../sessions/entry-page.module.css';
import { EntryPage } from '../sessions/entry-page.tsx';
import { isRegistrationOpen } from '../sessions/registration-open.ts';
import { useMe, useSignOut } from '../sessions/use-session.ts';
import { useSignInOptions } from '../sessions/use-sign-in-options.ts';
import classes from './invite-page.module.css';
import { forgetInvite, inviteTokenOf } from './invite-token.ts';
import { presetOf } from './rights.ts';
import { strings } from './strings.ts';
import { useAcceptInvite, useInvitePreview } from './use-invite.ts';

const { landing } = strings;

/** Where the link of an invitation leads: what is offered, by whom, and the way to take it. */
export function InvitePage() {
  useDocumentTitle(landing.document);
  const { hash } = useLocation();
  const [token] = useState(() => inviteTokenOf(hash, sessionStorage));
  const { data, error, isFetching, refetch } = useInvitePreview(token);
  if (token === null || hasCode(error, 'not_found', 'invalid_input')) {
    return (
      <EntryPage title={landing.invalidTitle} lead={landing.invalid}>
        <Button component={Link} to="/servers" variant="default" onClick={() => forgetInvite(sessionStorage)}>
          {landing.toServers}
        </Button>
      </EntryPage>
    );
  }
  if (error) {
    return (
      <EntryPage>
        <Failure title={landing.failed} error={error} retry={() => void refetch()} isRetrying={isFetching} />
      </EntryPage>
    );
  }
  if (!data) {
    return (
      <EntryPage>
        <div role="status" aria-label={shared.loading}>
          <Skeleton height={24} width="80%" />
          <Skeleton height={14} mt={12} />
          <Skeleton height={14} mt={8} width="60%" />
          <Skeleton height={32} mt={24} />
        </div>
      </EntryPage>
    );
  }
  const { server, invitedBy, isPersonal, permissions, expiresAt } = data;
  const preset = presetOf(permissions);
  return (
    <EntryPage
      title={landing.title(server.name)}
      lead={invitedBy.name ? landing.lead(invitedBy.name) : landing.leadUnknown}
    >
      <section className={classes.rights} aria-label={landing.may}>
        <h2 className={classes.heading}>
          {landing.may}
          {preset && <span className={classes.preset}>{subuserPresets[preset].name}</span>}
        </h2>
        <PermissionList permissions={permissions} />
      </section>
      <p className={entry.footnote}>
        {isPersonal && `${landing.personal} `}
        {landing.expires} <RelativeTime at={expiresAt} />.
      </p>
      <Answer token={token} serverName={server.name} />
    </EntryPage>
  );
}

function Answer({ token, serverName }: { token: string; serverName: string }) {
  const navigate = useNavigate();
  const me = useMe();
  const accept = useAcceptInvite(token);
  const signOut = useSignOut();
  const { data: options } = useSignInOptions();
  if (me.data) {
    return (
      <>
        <p className={entry.footnote}>{landing.signedInAs(me.data.displayName ?? me.data.name)}</p>
        {accept.error && (
          <Notice tone="error" urgent title={landing.acceptFailed}>
            {sentenceOf(accept.error)}
          </Notice>
        )}
        <Button
          fullWidth
          loading={accept.isPending}
          onClick={() =>
            accept.mutate(undefined, {
              onSuccess: ({ serverId }) => {
                forgetInvite(sessionStorage);
                notifications.show({ message: landing.accepted(serverName) });
                navigate(`/servers/${serverId}`, { replace: true });
              },
            })
          }
        >
          {landing.accept}
        </Button>
        <div className={classes.more}>
          <Button
            component={Link}
            to="/servers"
            variant="subtle"
            onClick={() => forgetInvite(sessionStorage)}
          >
            {landing.notNow}
          </Button>
          <Button variant="subtle" loading={signOut.isPending} onClick={() => signOut.mutate()}>
            {landing.other}
          </Button>
        </div>
      </>
    );
  }
  return (
    <>
      <Button component={Link} to="/sign-in?next=/invite" fullWidth>
        {landing.signIn}
      </Button>
      {options && isRegistrationOpen(options) ? (
        <Button component={Link} to="/register?next=/invite" variant="default" fullWidth>
          {landing.register}
        </Button>
      ) : (
        <p className={entry.footnote}>{landing.noAccount}</p>
      )}
    </>
  );
}
