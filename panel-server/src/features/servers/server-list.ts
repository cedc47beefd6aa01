import type { KnownLabels } from '@catalyst/shared/features/server-labels';
import { Brackets, type DataSource, type SelectQueryBuilder } from 'typeorm';
import { type Caller, isPermitted } from '../../access.ts';
import { SubuserEntity } from '../subusers/subuser.entity.ts';
import { ServerEntity, type ServerRow } from './server.entity.ts';
import { matchWords, type SearchNames } from './server-search.ts';
import type { ServerQuery } from './servers.service.ts';

/** Of which servers somebody learns: all, none, or those on nodes and those that he owns or was given access to. */
type VisibleServers = 'all' | 'none' | { nodeIds: string[]; userId: string };

/** As `isPermitted` says it for `server.read`, for a query. */
export function visibleServers(caller: Caller): VisibleServers {
  if (isPermitted(caller, 'server.read', 'everywhere')) return 'all';
  if (caller.key && !caller.key.scopes.has('server.read')) return 'none';
  const nodeIds = isPermitted(caller, 'server.read', 'some-nodes') ? [...(caller.person.nodeIds ?? [])] : [];
  return { nodeIds, userId: caller.userId };
}

/** A page of servers, newest first; only those that are visible. */
export async function findServerPage(
  database: DataSource,
  { limit, cursor, q, state, nodeId, tag, group }: ServerQuery,
  visible: VisibleServers,
  names: SearchNames,
): Promise<{ rows: ServerRow[]; nextCursor: string | null }> {
  const query = database
    .getRepository(ServerEntity)
    .createQueryBuilder('server')
    .orderBy('server.id', 'DESC')
    .take(limit + 1);
  if (visible === 'none') return { rows: [], nextCursor: null };
  onlyVisible(query, visible);
  if (cursor !== undefined) query.andWhere('server.id < :cursor', { cursor });
  if (state !== undefined) query.andWhere('server.state = :state', { state });
  if (nodeId !== undefined) query.andWhere('server.nodeId = :nodeId', { nodeId });
  if (group !== undefined) query.andWhere('server.group = :group', { group });
  if (tag !== undefined) {
    const pattern = `%,${tag.replace(/[\\%_]/g, '\\$&')},%`;
    query.andWhere("server.tags LIKE :pattern ESCAPE '\\'", { pattern });
  }
  if (q !== undefined) matchWords(query, q, names);
  const found = await query.getMany();
  const rows = found.slice(0, limit);
  return { rows, nextCursor: found.length > limit ? (rows.at(-1)?.id ?? null) : null };
}

/** Words that people gave to servers that are visible, in no order. */
export async function findLabels(database: DataSource, visible: VisibleServers): Promise<KnownLabels> {
  if (visible === 'none') return { tags: [], groups: [] };
  const distinct = async (column: 'tags' | 'group') => {
    const query = database.getRepository(ServerEntity).createQueryBuilder('server');
    query.select(`server.${column}`, 'label').distinct();
    onlyVisible(query, visible);
    return (await query.getRawMany<{ label: string | null }>()).flatMap(({ label }) => label || []);
  };
  const tags = (await distinct('tags')).flatMap((list) => list.split(',').filter(Boolean));
  return { tags: [...new Set(tags)], groups: await distinct('group') };
}

function onlyVisible(query: SelectQueryBuilder<ServerRow>, visible: Exclude<VisibleServers, 'none'>): void {
  if (visible === 'all') return;
  const { nodeIds, userId } = visible;
  const shared = query.subQuery().select('subuser.serverId').from(SubuserEntity, 'subuser');
  const given = shared.where('subuser.userId = :userId').getQuery();
  query.andWhere(
    new Brackets((either) => {
      either.where('server.ownerId = :userId', { userId }).orWhere(`server.id IN ${given}`);
      if (nodeIds.length > 0) either.orWhere('server.nodeId IN (:...nodeIds)', { nodeIds });
    }),
  );
}
