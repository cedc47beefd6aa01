import { Button, Select, TextInput } from '@mantine/core';
import { useDebouncedValue, useMediaQuery } from '@mantine/hooks';
import { IconFilterOff, IconMail, IconPlus, IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import type { UserFilter } from '../../api/keys.ts';
import { Empty } from '../../components/empty.tsx';
import { NoPermissionPage } from '../../components/error-page.tsx';
import { Failure } from '../../components/failure.tsx';
import { InviteDialog } from '../people/invite-dialog.tsx';
import { ListSkeleton } from '../people/list-skeleton.tsx';
import list from '../people/people-list.module.css';
import { strings as people } from '../people/strings.ts';
import { useRoles } from '../roles/use-roles.ts';
import { useMay } from '../sessions/use-session.ts';
import { CreateUserDialog } from './create-user-dialog.tsx';
import { strings } from './strings.ts';
import { useSelectedUsers } from './use-selected-users.ts';
import { useUsers } from './use-users.ts';
import { UsersBulkBar } from './users-bulk-bar.tsx';
import classes from './users-list.module.css';
import { UsersCards, UsersTable } from './users-list.tsx';

/** Everybody who has an account. */
export function UsersTab() {
  return useMay('user.read') ? <Users /> : <NoPermissionPage />;
}

function Users() {
  const mayWrite = useMay('user.write');
  const mayInvite = useMay('user.invite');
  const isNarrow = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false });
  const [filter, setFilter] = useState<UserFilter>({});
  const [typed] = useDebouncedValue(filter.q?.trim(), 250);
  const { users, error, isFetching, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useUsers({
    ...filter,
    q: typed || undefined,
  });
  const selection = useSelectedUsers(users ?? []);
  const [dialog, setDialog] = useState<'create' | 'invite'>();
  const View = isNarrow ? UsersCards : UsersTable;
  return (
    <>
      <search className={classes.bar}>
        <TextInput
          className={classes.text}
          aria-label={strings.search}
          placeholder={strings.search}
          leftSection={<IconSearch size={16} />}
          value={filter.q ?? ''}
          onChange={(event) => setFilter({ ...filter, q: event.currentTarget.value })}
        />
        <RoleFilter value={filter.roleId} onChange={(roleId) => setFilter({ ...filter, roleId })} />
        <Select
          className={classes.choice}
          aria-label={strings.stateFilter}
          value={filter.status ?? ''}
          onChange={(status) =>
            setFilter({ ...filter, status: (status || undefined) as UserFilter['status'] })
          }
          data={[
            { value: '', label: strings.anyState },
            { value: 'active', label: strings.states.active },
            { value: 'disabled', label: strings.states.disabled },
          ]}
        />
        <div className={classes.buttons}>
          {mayWrite && (
            <Button
              variant="default"
              leftSection={<IconPlus size={16} />}
              onClick={() => setDialog('create')}
            >
              {strings.create}
            </Button>
          )}
          {mayInvite && (
            <Button leftSection={<IconMail size={16} />} onClick={() => setDialog('invite')}>
              {people.invite}
            </Button>
          )}
        </div>
      </search>
      {error && (
        <Failure title={strings.failed} error={error} retry={() => void refetch()} isRetrying={isFetching} />
      )}
      {!users && !error && <ListSkeleton />}
      {users?.length === 0 && (
        <Empty
          icon={<IconFilterOff size={28} stroke={1.5} />}
          title={strings.noMatchTitle}
          action={
            <Button variant="default" onClick={() => setFilter({})}>
              {strings.clearFilter}
            </Button>
          }
        >
          {strings.noMatch}
        </Empty>
      )}
      {users && users.length > 0 && <View users={users} selection={mayWrite ? selection : undefined} />}
      {hasNextPage && (
        <Button
          className={list.more}
          variant="default"
          loading={isFetchingNextPage}
          onClick={() => void fetchNextPage()}
        >
          {strings.loadMore}
        </Button>
      )}
      {mayWrite && <UsersBulkBar selection={selection} />}
      {dialog === 'create' && <CreateUserDialog onClose={() => setDialog(undefined)} />}
      {dialog === 'invite' && <InviteDialog onClose={() => setDialog(undefined)} />}
    </>
  );
}

function RoleFilter({ value, onChange }: { value?: string; onChange: (id?: string) => void }) {
  const { data } = useRoles({ enabled: useMay('role.read') });
  if (!data) return null;
  return (
    <Select
      className={classes.choice}
      aria-label={strings.roleFilter}
      value={value ?? ''}
      onChange={(id) => onChange(id || undefined)}
      data={[
        { value: '', label: strings.anyRole },
        ...data.map(({ id, name }) => ({ value: id, label: name })),
      ]}
    />
  );
}
