import { Brackets, type DataSource } from 'typeorm';
import { ServerEntity, type ServerRow } from './server.entity.ts';
import type { ServerQuery } from './servers.service.ts';

/** A page of servers, newest first; only those of one owner, or all when it is null. */
export async function findServerPage(
  database: DataSource,
  { limit, cursor, q, state, nodeId }: ServerQuery,
  ownerId: string | null,
): Promise<{ rows: ServerRow[]; nextCursor: string | null }> {
  const query = database
    .getRepository(ServerEntity)
    .createQueryBuilder('server')
    .orderBy('server.id', 'DESC')
    .take(limit + 1);
  if (ownerId !== null) query.andWhere('server.ownerId = :ownerId', { ownerId });
  if (cursor !== undefined) query.andWhere('server.id < :cursor', { cursor });
  if (state !== undefined) query.andWhere('server.state = :state', { state });
  if (nodeId !== undefined) query.andWhere('server.nodeId = :nodeId', { nodeId });
  if (q !== undefined) {
    const pattern = `%${q.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
    query.andWhere(
      new Brackets((either) =>
        either
          .where("LOWER(server.name) LIKE :pattern ESCAPE '\\'", { pattern })
          .orWhere('server.id = :q', { q }),
      ),
    );
  }
  const found = await query.getMany();
  const rows = found.slice(0, limit);
  return { rows, nextCursor: found.length > limit ? (rows.at(-1)?.id ?? null) : null };
}
