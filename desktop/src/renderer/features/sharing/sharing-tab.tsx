import { Button } from '@mantine/core';
import { IconUserPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { NoPermissionPage } from '../../components/error-page.tsx';
import { Failure } from '../../components/failure.tsx';
import { Section } from '../../components/section.tsx';
import { ListSkeleton } from '../people/list-skeleton.tsx';
import { PermissionList } from '../roles/permission-list.tsx';
import { mayOnServer } from '../servers/power.ts';
import { useShownServer } from '../servers/server-page.tsx';
import { useUser } from '../sessions/use-session.ts';
import { InvitePersonDialog } from './invite-person-dialog.tsx';
import { LeaveServer } from './leave-server.tsx';
import { OpenInvites } from './open-invites.tsx';
import { PeopleList } from './people-list.tsx';
import { isSharedWith } from './rights.ts';
import classes from './sharing-tab.module.css';
import { strings } from './strings.ts';
import { TransferOwnership } from './transfer-ownership.tsx';
import { useSubusers } from './use-sharing.ts';
import { useSharingAccess } from './use-sharing-access.ts';

/** Who has access to a server, who was invited, and what one has oneself. */
export function SharingTab() {
  const server = useShownServer();
  const me = useUser();
  const { mayOpen, mayRead, mayTransfer } = useSharingAccess(server);
  const { data: subusers, error, isFetching, refetch } = useSubusers(server.id, { enabled: mayRead });
  const [isInviting, setInviting] = useState(false);
  if (!mayOpen) return <NoPermissionPage />;
  const mayInvite = mayOnServer(server, 'subuser.write');
  const isShared = isSharedWith(me, server) || subusers?.some(({ user }) => user.id === me.id);
  return (
    <div className={classes.tab}>
      {mayRead && (
        <section className={classes.part} aria-labelledby="sharing-people">
          <div className={classes.head}>
            <div>
              <h2 className={classes.title} id="sharing-people">
                {strings.people}
              </h2>
              <p className={classes.hint}>{strings.peopleHint}</p>
            </div>
            {mayInvite && (
              <Button leftSection={<IconUserPlus size={16} />} onClick={() => setInviting(true)}>
                {strings.invite}
              </Button>
            )}
          </div>
          {error && (
            <Failure
              title={strings.failed}
              error={error}
              retry={() => void refetch()}
              isRetrying={isFetching}
            />
          )}
          {!subusers && !error && <ListSkeleton />}
          {subusers && <PeopleList server={server} subusers={subusers} />}
        </section>
      )}
      {mayRead && <OpenInvites server={server} />}
      {isShared && (
        <Section id="your-access" title={strings.mine} hint={strings.mineHint}>
          <PermissionList permissions={server.permissions} />
          <LeaveServer server={server} />
        </Section>
      )}
      {mayTransfer && <TransferOwnership server={server} subusers={subusers ?? []} />}
      {isInviting && <InvitePersonDialog server={server} onClose={() => setInviting(false)} />}
    </div>
  );
}
