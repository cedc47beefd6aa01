import { AppError } from '@catalyst/shared/contract/errors';
import { type DataSource, type EntityManager, In, IsNull } from 'typeorm';
import { inTransaction } from '../../database/sqlite-gate.ts';
import { RoleEntity } from './role.entity.ts';
import { UserEntity } from './user.entity.ts';

const lock = 4_374_430;

/**
 * A change of who may do what, one at a time on all panels: what it was checked against stays as it is, and of two who
 * take the last administrators away from each other one finds that he is the last.
 */
export function inPeopleTransaction<T>(
  database: DataSource,
  change: (manager: EntityManager) => Promise<T>,
): Promise<T> {
  return inTransaction(database, async (manager) => {
    // A transaction on SQLite is alone anyway.
    if (database.options.type === 'postgres') {
      await manager.query('SELECT pg_advisory_xact_lock($1)', [lock]);
    }
    const result = await change(manager);
    await assertAdministrator(manager);
    return result;
  });
}

/** Somebody has to be left who may do everything and can sign in. */
async function assertAdministrator(manager: EntityManager): Promise<void> {
  const roles = await manager.find(RoleEntity);
  const mighty = roles.filter(({ permissions, nodeIds }) => permissions.includes('*') && nodeIds === null);
  const holders = { roleId: In(mighty.map(({ id }) => id)), disabledAt: IsNull() };
  if (await manager.existsBy(UserEntity, holders)) return;
  throw new AppError('conflict', 'This would leave the panel without an administrator');
}
