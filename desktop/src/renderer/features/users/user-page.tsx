import type { ManagedUser } from '@catalyst/shared/features/users';
import { Button } from '@mantine/core';
import { IconPencil, IconUserOff } from '@tabler/icons-react';
import { useState } from 'react';
import { useParams } from 'react-router';
import { hasCode } from '../../api/errors.ts';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { Copyable } from '../../components/copy-button.tsx';
import { Empty } from '../../components/empty.tsx';
import { NoPermissionPage } from '../../components/error-page.tsx';
import { Facts } from '../../components/facts.tsx';
import { Failure } from '../../components/failure.tsx';
import { Notice } from '../../components/notice.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { Section, SectionSkeleton } from '../../components/section.tsx';
import { strings as shared } from '../../components/strings.ts';
import { KeysOfUser } from '../api-keys/keys-of-user.tsx';
import { useIsWithinMine } from '../roles/use-grants.ts';
import { useRoles } from '../roles/use-roles.ts';
import { useMay, useUser } from '../sessions/use-session.ts';
import { DeleteUser } from './delete-user.tsx';
import { EditUserDialog } from './edit-user-dialog.tsx';
import { OwnedServers } from './owned-servers.tsx';
import { reportLockOut } from './report-lock-out.ts';
import { strings } from './strings.ts';
import { useSetLockedOut, useUserById } from './use-users.ts';
import { UserAccess } from './user-access.tsx';
import { shownName, UserState, YouTag } from './user-name.tsx';
import classes from './user-page.module.css';

/** One user: who it is, what the account may do, and what is done about it. */
export function UserPage() {
  const { id = '' } = useParams();
  const mayRead = useMay('user.read');
  const { data: user, error, isFetching, refetch } = useUserById(id, { enabled: mayRead });
  if (!mayRead || hasCode(error, 'forbidden')) return <NoPermissionPage />;
  if (hasCode(error, 'not_found', 'invalid_input')) {
    return (
      <Empty icon={<IconUserOff size={28} stroke={1.5} />} title={strings.goneTitle}>
        {strings.gone}
      </Empty>
    );
  }
  if (user) return <Shown user={user} />;
  if (error) {
    return (
      <Failure title={strings.oneFailed} error={error} retry={() => void refetch()} isRetrying={isFetching} />
    );
  }
  return (
    <div className={classes.page} role="status" aria-label={shared.loading}>
      <SectionSkeleton lines={4} />
      <SectionSkeleton lines={3} />
    </div>
  );
}

function Shown({ user }: { user: ManagedUser }) {
  const isSelf = useUser().id === user.id;
  const mayWrite = useMay('user.write');
  const mayDelete = useMay('user.delete');
  const mayReadKeys = useMay('apikey.read');
  const holdsMore = useHoldsMore(user);
  const [isEditing, setEditing] = useState(false);
  const mayChange = mayWrite && !holdsMore;
  return (
    <div className={classes.page}>
      <PageHeader
        title={shownName(user)}
        aside={
          <span className={classes.aside}>
            <UserState user={user} />
            <YouTag id={user.id} />
          </span>
        }
        actions={
          mayChange && (
            <>
              {!isSelf && <LockOutButton user={user} />}
              <Button
                variant="default"
                leftSection={<IconPencil size={16} />}
                onClick={() => setEditing(true)}
              >
                {strings.edit}
              </Button>
            </>
          )
        }
      />
      {mayWrite && holdsMore && <Notice tone="info">{strings.holdsMore}</Notice>}
      {isSelf && <Notice tone="info">{strings.yourself}</Notice>}
      <Section id="account" title={strings.account}>
        <Facts
          facts={[
            [strings.email, user.email],
            [strings.name, <Copyable key="name" value={user.name} what="userName" />],
            [strings.displayName, user.displayName],
            [strings.role, user.role.name],
            [strings.columns.state, user.mustChangePassword ? strings.mustChange : null],
            [strings.since, <RelativeTime key="since" at={user.createdAt} />],
            [strings.id, <Copyable key="id" value={user.id} what="id" />],
          ]}
        />
      </Section>
      {mayChange && !isSelf && <UserAccess user={user} />}
      <OwnedServers user={user} />
      {mayReadKeys && <KeysOfUser userId={user.id} title={strings.keys} />}
      {mayDelete && !holdsMore && !isSelf && <DeleteUser user={user} />}
      {isEditing && <EditUserDialog user={user} onClose={() => setEditing(false)} />}
    </div>
  );
}

function LockOutButton({ user }: { user: ManagedUser }) {
  const change = useSetLockedOut();
  const [isAsking, setAsking] = useState(false);
  const run = (lockOut: boolean) =>
    change.mutate(
      { users: [user], lockOut },
      {
        onSuccess: (result) => {
          setAsking(false);
          reportLockOut(lockOut, result);
        },
      },
    );
  return (
    <>
      <Button
        variant="default"
        loading={change.isPending && !isAsking}
        onClick={() => (user.disabledAt ? run(false) : setAsking(true))}
      >
        {user.disabledAt ? strings.enable : `${strings.disable}…`}
      </Button>
      {isAsking && (
        <ConfirmDialog
          title={strings.disableTitle(shownName(user))}
          confirmLabel={strings.disable}
          isBusy={change.isPending}
          error={change.error}
          onConfirm={() => run(true)}
          onClose={() => setAsking(false)}
        >
          {strings.disableText}
        </ConfirmDialog>
      )}
    </>
  );
}

/** As far as the roles can be seen; the panel decides in the end. */
function useHoldsMore({ role }: ManagedUser): boolean {
  const { data } = useRoles({ enabled: useMay('role.read') });
  const isWithinMine = useIsWithinMine();
  const found = data?.find(({ id }) => id === role.id);
  return found !== undefined && !isWithinMine(found.permissions);
}

/** Name of the user in the breadcrumbs. */
export function UserCrumb() {
  const { id = '' } = useParams();
  const { data } = useUserById(id, { enabled: useMay('user.read') });
  return data ? shownName(data) : '…';
}
