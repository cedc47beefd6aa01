import type { Page, PageQuery } from '@catalyst/shared/contract/values';
import type { ServerState } from '@catalyst/shared/features/server-states';
import type { ServerTransition, TransitionActor } from '@catalyst/shared/features/servers';
import { type DataSource, LessThan } from 'typeorm';
import { v7 as uuid } from 'uuid';
import type { Caller } from '../../access.ts';
import type { ServerRow } from './server.entity.ts';
import type { Database } from './server-store.ts';
import { TransitionEntity } from './transition.entity.ts';

const keptMs = 90 * 24 * 3_600_000;

export const byAgent: TransitionActor = { kind: 'agent', name: null };
export const byPanel: TransitionActor = { kind: 'system', name: null };
export const byCaller = ({ name, key }: Pick<Caller, 'name' | 'key'>): TransitionActor =>
  key ? { kind: 'key', name: `${name} (${key.name})` } : { kind: 'user', name };

/** How a game ended that nobody had asked to end, beside its exit code. */
export interface CrashDetails {
  signal: string | null;
  outOfMemory: boolean;
  lastLines: string[];
}

/** In the transaction that brings it about. */
export async function recordTransition(
  database: Database,
  row: Pick<ServerRow, 'id' | 'state' | 'stateChangedAt' | 'reason' | 'reasonText' | 'exitCode'>,
  previous: ServerState | null,
  actor: TransitionActor,
  crash: CrashDetails | null = null,
): Promise<void> {
  const { id: serverId, state, stateChangedAt: at, reason, reasonText, exitCode } = row;
  await database.getRepository(TransitionEntity).insert({
    id: uuid(),
    serverId,
    at,
    previous,
    state,
    reason,
    reasonText,
    exitCode: state === 'crashed' || state === 'stopped' || state === 'error' ? exitCode : null,
    signal: crash?.signal ?? null,
    outOfMemory: crash?.outOfMemory ?? false,
    lastLines: crash?.lastLines ?? null,
    actorKind: actor.kind,
    actorName: actor.name,
  });
}

/** Newest first. What was printed is only for those who may read the console. */
export async function transitionsOf(
  database: DataSource,
  serverId: string,
  { limit, cursor }: PageQuery,
  { mayReadConsole }: { mayReadConsole: boolean },
): Promise<Page<ServerTransition>> {
  const rows = await database.getRepository(TransitionEntity).find({
    where: { serverId, ...(cursor !== undefined && { id: LessThan(cursor) }) },
    order: { id: 'DESC' },
    take: limit + 1,
  });
  const items = rows.slice(0, limit).map(({ actorKind, actorName, serverId: _, lastLines, ...row }) => ({
    ...row,
    lastLines: (mayReadConsole && lastLines) || [],
    actor: { kind: actorKind, name: actorName },
  }));
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

export async function pruneTransitions(database: DataSource): Promise<void> {
  await database.getRepository(TransitionEntity).delete({ at: LessThan(new Date(Date.now() - keptMs)) });
}
