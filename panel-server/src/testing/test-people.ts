import type { PermissionPattern } from '@catalyst/shared/contract/permissions';
import { v7 as uuid } from 'uuid';
import { RoleEntity } from '../features/users/role.entity.ts';
import type { TestPanel } from './test-panel.ts';

/** A role put into the database as it is; answers its name for `createUser`. */
export async function roleWith(
  test: TestPanel,
  permissions: readonly PermissionPattern[],
  nodeIds: string[] | null = null,
): Promise<'user'> {
  const id = uuid();
  const role = { id, builtIn: id, name: `role ${id}`, permissions: [...permissions], nodeIds };
  await test.panel.core.database.getRepository(RoleEntity).insert({ ...role, createdAt: new Date() });
  // `createUser` finds roles by what the code calls them.
  return id as 'user';
}
