import { IconShieldOff } from '@tabler/icons-react';
import { useParams } from 'react-router';
import { Empty } from '../../components/empty.tsx';
import { NoPermissionPage } from '../../components/error-page.tsx';
import { Failure } from '../../components/failure.tsx';
import { SectionSkeleton } from '../../components/section.tsx';
import { strings as shared } from '../../components/strings.ts';
import { useMay } from '../sessions/use-session.ts';
import { RoleForm } from './role-form.tsx';
import classes from './role-page.module.css';
import { strings } from './strings.ts';
import { useRoles } from './use-roles.ts';

/** One role: what it allows, where, and for how many. */
export function RolePage() {
  const { id = '' } = useParams();
  const mayRead = useMay('role.read');
  const { data, error, isFetching, refetch } = useRoles({ enabled: mayRead });
  if (!mayRead) return <NoPermissionPage />;
  const role = data?.find((one) => one.id === id);
  if (role) return <RoleForm key={id} role={role} />;
  if (data) {
    return (
      <Empty icon={<IconShieldOff size={28} stroke={1.5} />} title={strings.goneTitle}>
        {strings.gone}
      </Empty>
    );
  }
  if (error) {
    return (
      <Failure title={strings.failed} error={error} retry={() => void refetch()} isRetrying={isFetching} />
    );
  }
  return (
    <div className={classes.page} role="status" aria-label={shared.loading}>
      <SectionSkeleton lines={1} />
      <SectionSkeleton lines={5} />
    </div>
  );
}

/** A role that is not there yet. */
export function NewRolePage() {
  return useMay('role.write') ? <RoleForm /> : <NoPermissionPage />;
}

/** Name of the role in the breadcrumbs. */
export function RoleCrumb() {
  const { id = '' } = useParams();
  const { data } = useRoles({ enabled: useMay('role.read') });
  return data?.find((role) => role.id === id)?.name ?? '…';
}
