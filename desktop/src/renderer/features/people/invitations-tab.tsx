import type { Invitation } from '@catalyst/shared/features/accounts';
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconMail } from '@tabler/icons-react';
import { useState } from 'react';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { Empty } from '../../components/empty.tsx';
import { NoPermissionPage } from '../../components/error-page.tsx';
import { Failure } from '../../components/failure.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { useMay } from '../sessions/use-session.ts';
import { InviteDialog } from './invite-dialog.tsx';
import { ListSkeleton } from './list-skeleton.tsx';
import classes from './people-list.module.css';
import { strings } from './strings.ts';
import { useInvitations, useWithdrawInvitation } from './use-invitations.ts';

/** Who was invited to the panel and has not come yet. */
export function InvitationsTab() {
  const mayInvite = useMay('user.invite');
  const { data, error, isFetching, refetch } = useInvitations({ enabled: mayInvite });
  const [isInviting, setInviting] = useState(false);
  const [withdrawn, setWithdrawn] = useState<Invitation>();
  if (!mayInvite) return <NoPermissionPage />;
  const invite = (
    <Button leftSection={<IconMail size={16} />} onClick={() => setInviting(true)}>
      {strings.invite}
    </Button>
  );
  return (
    <>
      {data && data.length > 0 && (
        <div className={classes.bar}>
          <p className={classes.lead}>{strings.invitationsLead}</p>
          {invite}
        </div>
      )}
      {error && (
        <Failure
          title={strings.invitationsFailed}
          error={error}
          retry={() => void refetch()}
          isRetrying={isFetching}
        />
      )}
      {!data && !error && <ListSkeleton />}
      {data?.length === 0 && (
        <Empty icon={<IconMail size={28} stroke={1.5} />} title={strings.noInvitationsTitle} action={invite}>
          {strings.noInvitations}
        </Empty>
      )}
      {data && data.length > 0 && (
        <ul className={classes.list}>
          {data.map((invitation) => (
            <InvitationItem key={invitation.id} invitation={invitation} onWithdraw={setWithdrawn} />
          ))}
        </ul>
      )}
      {isInviting && <InviteDialog onClose={() => setInviting(false)} />}
      {withdrawn && <WithdrawDialog invitation={withdrawn} onClose={() => setWithdrawn(undefined)} />}
    </>
  );
}

interface InvitationItemProps {
  invitation: Invitation;
  onWithdraw: (invitation: Invitation) => void;
}

function InvitationItem({ invitation, onWithdraw }: InvitationItemProps) {
  const who = invitation.email ?? strings.anyone;
  return (
    <li className={classes.item}>
      <div className={classes.who}>
        <span className={classes.name}>{who}</span>
        <div className={classes.sub}>
          {invitation.role && <span>{strings.as(invitation.role.name)}</span>}
          {invitation.invitedBy && <span>{strings.by(invitation.invitedBy.name)}</span>}
          <span>
            {strings.expires} <RelativeTime at={invitation.expiresAt} />
          </span>
        </div>
      </div>
      <div className={classes.actions}>
        <Button
          variant="default"
          size="xs"
          aria-label={strings.withdrawOf(who)}
          onClick={() => onWithdraw(invitation)}
        >
          {strings.withdraw}
        </Button>
      </div>
    </li>
  );
}

function WithdrawDialog({ invitation, onClose }: { invitation: Invitation; onClose: () => void }) {
  const withdraw = useWithdrawInvitation();
  return (
    <ConfirmDialog
      title={strings.withdrawTitle}
      confirmLabel={strings.withdraw}
      isBusy={withdraw.isPending}
      error={withdraw.error}
      onClose={onClose}
      onConfirm={() =>
        withdraw.mutate(invitation.id, {
          onSuccess: () => {
            notifications.show({ message: strings.withdrawn });
            onClose();
          },
        })
      }
    >
      {strings.withdrawText}
    </ConfirmDialog>
  );
}
