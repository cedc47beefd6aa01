import { AppError } from '@catalyst/shared/contract/errors';
import type { PortBinding } from '@catalyst/shared/features/server-spec';
import type { TransitionActor } from '@catalyst/shared/features/servers';
import { DataSource, type EntityManager, In, IsNull, Not } from 'typeorm';
import { noSuchServer } from '../../access.ts';
import { inTransaction } from '../../database/sqlite-gate.ts';
import { OperationEntity, type OperationRow } from '../operations/operation.entity.ts';
import { poolWith } from '../port-pools/node-port-pools.ts';
import { PortPoolEntity } from '../port-pools/port-pool.entity.ts';
import { AllocationEntity, type AllocationRow } from './allocation.entity.ts';
import { ServerEntity, type ServerRow } from './server.entity.ts';
import { type CrashDetails, recordTransition } from './transitions.ts';

/** A server with what belongs to it in other tables. */
export interface ServerRecord {
  row: ServerRow;
  ports: KnownPort[];
  operation: OperationRow | null;
}

/** A port with what people say about it. */
export interface KnownPort {
  binding: PortBinding;
  alias: string | null;
  /** Of the pool it is from. */
  poolAlias: string | null;
  notes: string;
  isPrimary: boolean;
}

export type Database = DataSource | EntityManager;

export async function findServer(database: Database, id: string): Promise<ServerRow | null> {
  return database.getRepository(ServerEntity).findOneBy({ id });
}

/** Throws `not_found`. */
export async function getServer(database: Database, id: string): Promise<ServerRow> {
  const row = await findServer(database, id);
  if (!row) throw noSuchServer();
  return row;
}

/**
 * Keeps a server from changing until the transaction ends. Whoever changes a server and its operations takes the server
 * first: in the other order two of them could wait for each other.
 */
export async function lockServer(manager: EntityManager, id: string): Promise<void> {
  // A transaction on SQLite is alone anyway.
  if (manager.connection.options.type !== 'postgres') return;
  await manager.findOne(ServerEntity, {
    where: { id },
    select: { id: true },
    lock: { mode: 'pessimistic_write' },
  });
}

/**
 * Changes a server, and writes down a change of its state, that is still in the state, and under the operation, in which it was read; answers the new row, or
 * null when somebody was faster.
 */
export async function updateUnchanged(
  database: Database,
  row: ServerRow,
  changes: Partial<ServerRow>,
  actor: TransitionActor,
  crash: CrashDetails | null = null,
): Promise<ServerRow | null> {
  const isTransition = changes.state !== undefined && changes.state !== row.state;
  if (isTransition && database instanceof DataSource) {
    return inTransaction(database, (manager) => updateUnchanged(manager, row, changes, actor, crash));
  }
  const next = { ...changes, updatedAt: new Date() };
  const { affected } = await database.getRepository(ServerEntity).update(
    {
      id: row.id,
      state: row.state,
      operationId: row.operationId ?? IsNull(),
      // A crash that is told twice at once is one.
      ...(changes.crashCount !== undefined && { crashCount: row.crashCount }),
    },
    next,
  );
  if (affected !== 1) return null;
  const changed = { ...row, ...next };
  if (isTransition) await recordTransition(database, changed, row.state, actor, crash);
  return changed;
}

/** The rows with their ports and operations, in the same order. */
export async function withParts(database: Database, rows: readonly ServerRow[]): Promise<ServerRecord[]> {
  const ids = rows.map(({ id }) => id);
  const operationIds = rows.flatMap(({ operationId }) => operationId ?? []);
  const ports = await knownPortsOf(database, ids);
  const operations = operationIds.length
    ? await database.getRepository(OperationEntity).findBy({ id: In(operationIds) })
    : [];
  const operationById = new Map(operations.map((operation) => [operation.id, operation]));
  return rows.map((row) => ({
    row,
    ports: ports.get(row.id) ?? [],
    operation: operationById.get(row.operationId ?? '') ?? null,
  }));
}

export async function getRecord(database: Database, id: string): Promise<ServerRecord> {
  const [record] = await withParts(database, [await getServer(database, id)]);
  return record as ServerRecord;
}

export async function portsOf(database: Database, serverIds: string[]): Promise<Map<string, PortBinding[]>> {
  const byServer = await allocationsOf(database, serverIds);
  return new Map([...byServer].map(([serverId, pairs]) => [serverId, pairs.map(toBinding)]));
}

export async function knownPortsOf(
  database: Database,
  serverIds: string[],
): Promise<Map<string, KnownPort[]>> {
  const byServer = await allocationsOf(database, serverIds);
  const nodeIds = new Set([...byServer.values()].flatMap((pairs) => pairs[0]?.[0]?.nodeId ?? []));
  const pools = nodeIds.size
    ? await database.getRepository(PortPoolEntity).findBy({ nodeId: In([...nodeIds]), alias: Not(IsNull()) })
    : [];
  const poolsByNode = Map.groupBy(pools, ({ nodeId }) => nodeId);
  const known = (pair: AllocationPair): KnownPort => {
    const { nodeId, networkId, ip, port, alias, notes, isPrimary } = pair[0];
    const pool = networkId === null ? poolWith(poolsByNode.get(nodeId) ?? [], { ip, port }) : undefined;
    return { binding: toBinding(pair), alias, poolAlias: pool?.alias ?? null, notes, isPrimary };
  };
  return new Map([...byServer].map(([serverId, pairs]) => [serverId, pairs.map(known)]));
}

/** Two rows of one place are one port for both protocols. */
type AllocationPair = [AllocationRow, AllocationRow?];

async function allocationsOf(
  database: Database,
  serverIds: string[],
): Promise<Map<string, AllocationPair[]>> {
  const rows = serverIds.length
    ? await database
        .getRepository(AllocationEntity)
        .find({ where: { serverId: In(serverIds) }, order: { position: 'ASC', protocol: 'ASC' } })
    : [];
  const byServer = Map.groupBy(rows, ({ serverId }) => serverId);
  const pairsOf = (allocations: AllocationRow[]) => [
    ...Map.groupBy(allocations, ({ position }) => position).values(),
  ];
  return new Map(
    [...byServer].map(([serverId, allocations]) => [serverId, pairsOf(allocations) as AllocationPair[]]),
  );
}

function toBinding([first, second]: AllocationPair): PortBinding {
  const { name, ip, port, protocol, targetPort } = first;
  const binding = { name, ip, port, protocol: second ? ('both' as const) : protocol };
  return targetPort === null ? binding : { ...binding, targetPort };
}

export const tooLate = () =>
  new AppError('invalid_state', 'Somebody else changed this server at the same moment; look again');
