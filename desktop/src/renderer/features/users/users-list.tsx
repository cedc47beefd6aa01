import type { ManagedUser } from '@catalyst/shared/features/users';
import { Checkbox } from '@mantine/core';
import { Link, useNavigate } from 'react-router';
import { RelativeTime } from '../../components/relative-time.tsx';
import { strings } from './strings.ts';
import type { SelectedUsers } from './use-selected-users.ts';
import { shownName, UserState, YouTag } from './user-name.tsx';
import classes from './users-list.module.css';

interface UsersListProps {
  users: readonly ManagedUser[];
  /** Left out for those who may change nobody. */
  selection?: SelectedUsers;
}

/** Users as rows. A whole row leads to the user for a mouse; the name is the link for everyone. */
export function UsersTable({ users, selection }: UsersListProps) {
  const navigate = useNavigate();
  const selected = selection?.users.length ?? 0;
  return (
    <div className={classes.box}>
      <table className={classes.table} aria-label={strings.tableLabel}>
        <thead>
          <tr>
            {selection && (
              <th className={classes.select} scope="col">
                <Checkbox
                  aria-label={strings.selectAll}
                  checked={selected > 0 && selected === users.length}
                  indeterminate={selected > 0 && selected < users.length}
                  onChange={selection.toggleAll}
                />
              </th>
            )}
            {(['name', 'email', 'role', 'state', 'servers', 'since'] as const).map((column) => (
              <th key={column} className={classes[column]} scope="col">
                {strings.columns[column]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {users.map((user) => (
            <tr
              key={user.id}
              className={classes.row}
              data-selected={selection?.has(user.id) || undefined}
              onClick={(event) => {
                if ((event.target as HTMLElement).closest('a, button, input, label')) return;
                navigate(`/people/users/${user.id}`);
              }}
            >
              {selection && (
                <td className={classes.select}>
                  <Checkbox
                    aria-label={strings.select(user.name)}
                    checked={selection.has(user.id)}
                    onChange={() => selection.toggle(user.id)}
                  />
                </td>
              )}
              <td className={classes.name}>
                <UserLink user={user} />
              </td>
              <td className={classes.email} title={user.email}>
                {user.email}
              </td>
              <td className={classes.role} title={user.role.name}>
                {user.role.name}
              </td>
              <td className={classes.state}>
                <UserState user={user} />
              </td>
              <td className={classes.servers}>{user.ownedServers || ''}</td>
              <td className={classes.since}>
                <RelativeTime at={user.createdAt} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The same where it is narrow. */
export function UsersCards({ users, selection }: UsersListProps) {
  return (
    <ul className={classes.cards}>
      {users.map((user) => (
        <li key={user.id} className={classes.card} data-selected={selection?.has(user.id) || undefined}>
          {selection && (
            <Checkbox
              className={classes.above}
              aria-label={strings.select(user.name)}
              checked={selection.has(user.id)}
              onChange={() => selection.toggle(user.id)}
            />
          )}
          <div className={classes.words}>
            <UserLink user={user} />
            <p className={classes.sub}>{user.email}</p>
            <p className={classes.sub}>
              {user.role.name} · {strings.servers(user.ownedServers)}
            </p>
          </div>
          <UserState user={user} />
        </li>
      ))}
    </ul>
  );
}

function UserLink({ user }: { user: ManagedUser }) {
  return (
    <span className={classes.who}>
      <Link to={`/people/users/${user.id}`} className={classes.link} title={shownName(user)}>
        {shownName(user)}
      </Link>
      {user.displayName && <span className={classes.account}>{user.name}</span>}
      <YouTag id={user.id} />
    </span>
  );
}
