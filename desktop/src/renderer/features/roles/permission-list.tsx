import type { Permission } from '@catalyst/shared/contract/permissions';
import { Facts } from '../../components/facts.tsx';
import { descriptionOf } from './grant-summary.ts';
import { resourcesOf } from './permission-choice.ts';
import { permissionStrings as strings } from './permission-strings.ts';

/** What somebody may do, in words. */
export function PermissionList({ permissions }: { permissions: readonly string[] }) {
  const resources = resourcesOf(permissions as readonly Permission[]);
  if (resources.length === 0) return <p>{strings.nothing}</p>;
  return (
    <Facts
      facts={resources.map(({ name, permissions: names }) => [
        strings.resource(name),
        names.map((permission) => descriptionOf(permission)).join(' · '),
      ])}
    />
  );
}
