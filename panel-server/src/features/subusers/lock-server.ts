import type { EntityManager } from 'typeorm';
import { noSuchServer } from '../../access.ts';
import { ServerEntity, type ServerRow } from '../servers/server.entity.ts';

/** The row as it is now, kept from changing until the transaction ends. */
export async function lockServer(manager: EntityManager, id: string): Promise<ServerRow> {
  // A transaction on SQLite is alone anyway.
  const isShared = manager.connection.options.type === 'postgres';
  const row = await manager.findOne(ServerEntity, {
    where: { id },
    ...(isShared && { lock: { mode: 'pessimistic_write' as const } }),
  });
  if (!row) throw noSuchServer();
  return row;
}
