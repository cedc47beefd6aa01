import { In, LessThan } from 'typeorm';
import { v7 as uuid } from 'uuid';
import type { Database } from '../servers/server-store.ts';
import { graceMs } from './deadlines.ts';
import { OperationEntity, type OperationRow } from './operation.entity.ts';

type NewOperation = Pick<OperationRow, 'serverId' | 'nodeId' | 'kind'> &
  Partial<Pick<OperationRow, 'keepAs' | 'wipesFirst'>>;

export function newOperation(operation: NewOperation, timeoutMs: number): OperationRow {
  const now = Date.now();
  return {
    keepAs: null,
    wipesFirst: false,
    ...operation,
    id: uuid(),
    status: 'pending',
    error: null,
    startedAt: new Date(now),
    deadlineAt: new Date(now + timeoutMs),
    finishedAt: null,
  };
}

const open = In(['pending', 'running']);

export const isOpen = (operation: OperationRow | null): operation is OperationRow =>
  operation !== null && (operation.status === 'pending' || operation.status === 'running');

export function findOperation(database: Database, id: string | null): Promise<OperationRow | null> {
  return id === null ? Promise.resolve(null) : database.getRepository(OperationEntity).findOneBy({ id });
}

/** The agent has accepted it. */
export async function markRunning(database: Database, id: string): Promise<void> {
  await database.getRepository(OperationEntity).update({ id, status: 'pending' }, { status: 'running' });
}

/** Ends an operation, once: false when it had ended before. `error` is null when it succeeded. */
export async function endOperation(database: Database, id: string, error: string | null): Promise<boolean> {
  const { affected } = await database
    .getRepository(OperationEntity)
    .update(
      { id, status: open },
      { status: error === null ? 'succeeded' : 'failed', error, finishedAt: new Date() },
    );
  return affected === 1;
}

export function openOperationsOf(database: Database, nodeId: string): Promise<OperationRow[]> {
  return database.getRepository(OperationEntity).findBy({ nodeId, status: open });
}

/** Those the agent was asked for a while ago without an answer. */
export function unansweredOperations(database: Database, sinceMs: number): Promise<OperationRow[]> {
  const before = LessThan(new Date(Date.now() - sinceMs));
  return database.getRepository(OperationEntity).findBy({ status: 'pending', startedAt: before });
}

/** Those whose agent should have had its last word by now. */
export function overdueOperations(database: Database): Promise<OperationRow[]> {
  const before = LessThan(new Date(Date.now() - graceMs));
  return database.getRepository(OperationEntity).findBy({ status: open, deadlineAt: before });
}
