import type { EntityManager } from 'typeorm';
import { UserEntity, type UserRow } from './user.entity.ts';

/** The row as it is now, kept from changing until the transaction ends; null when there is none. */
export async function lockUser(manager: EntityManager, id: string): Promise<UserRow | null> {
  // A transaction on SQLite is alone anyway.
  const isShared = manager.connection.options.type === 'postgres';
  return manager.findOne(UserEntity, {
    where: { id },
    ...(isShared && { lock: { mode: 'pessimistic_write' as const } }),
  });
}
