import type { Role } from '@catalyst/shared/features/roles';
import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { Link } from 'react-router';
import { NoPermissionPage } from '../../components/error-page.tsx';
import { Failure } from '../../components/failure.tsx';
import { ListSkeleton } from '../people/list-skeleton.tsx';
import classes from '../people/people-list.module.css';
import { useMay } from '../sessions/use-session.ts';
import { summaryOfGrants } from './grant-summary.ts';
import { strings } from './strings.ts';
import { useRoles } from './use-roles.ts';

/** The roles there are and what each allows. */
export function RolesTab() {
  const mayRead = useMay('role.read');
  const mayWrite = useMay('role.write');
  const { data, error, isFetching, refetch } = useRoles({ enabled: mayRead });
  if (!mayRead) return <NoPermissionPage />;
  return (
    <>
      <div className={classes.bar}>
        <p className={classes.lead}>{strings.description}</p>
        {mayWrite && (
          <Button component={Link} to="/people/roles/new" leftSection={<IconPlus size={16} />}>
            {strings.add}
          </Button>
        )}
      </div>
      {error && (
        <Failure title={strings.failed} error={error} retry={() => void refetch()} isRetrying={isFetching} />
      )}
      {!data && !error && <ListSkeleton />}
      {data && (
        <ul className={classes.list}>
          {data.map((role) => (
            <RoleItem key={role.id} role={role} />
          ))}
        </ul>
      )}
    </>
  );
}

function RoleItem({ role }: { role: Role }) {
  return (
    <li className={classes.item}>
      <div className={classes.who}>
        <div className={classes.first}>
          <Link to={`/people/roles/${role.id}`} className={classes.name}>
            {role.name}
          </Link>
          {role.builtIn && <span className={classes.tag}>{strings.builtIn}</span>}
        </div>
        <div className={classes.sub}>
          <span>{strings.users(role.userCount)}</span>
          <span>{role.nodeIds ? strings.onNodes(role.nodeIds.length) : strings.everywhere}</span>
        </div>
      </div>
      <p className={classes.what}>{summaryOfGrants(role.permissions)}</p>
    </li>
  );
}
